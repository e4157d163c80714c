// What the desk does with JavaScript that it could not do without: components that open and close, and focus on errors.
import { initAll } from "./govuk-frontend.min.js";

initAll();

// A search that has come to its end reloads the page, which then shows what was found.
document.addEventListener("htmx:afterSwap", (event) => {
  if (event.target.querySelector("[data-done]")) window.location.reload();
});

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
