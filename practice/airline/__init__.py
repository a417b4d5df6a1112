"""Northwind Air: a practice airline desk (CRM) with seeded bookings, scenarios and an evaluator."""
