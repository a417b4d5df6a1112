document.querySelector('button').addEventListener('click', () => say('pressed'));
document.querySelector('input').addEventListener('keydown', (event) => {
  if (event.key === 'Enter') note(`entered ${event.target.value}`);
});
