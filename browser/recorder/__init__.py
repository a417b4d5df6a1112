"""Recording a person in a browser: the gate in the input path, the raw log, and its reading as steps."""
