// Before the first paint, so that a dark room stays dark. A file of its own because the page allows no inline scripts.
document.documentElement.dataset.theme = localStorage.getItem('senioriot.theme') ?? 'dark';
