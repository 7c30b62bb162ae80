// Without this script the page still leads on, but forgets which passage was asked for.
const target = document.querySelector('link[rel="canonical"]').getAttribute("href");
location.replace(target + location.hash);
