// The page where faces are mixed: what share each slider makes.

const form = document.querySelector("[data-mix]");

function show() {
  const sliders = [...form.querySelectorAll("input[type=range]")];
  const whole = sliders.reduce((sum, slider) => sum + Number(slider.value), 0);
  for (const slider of sliders) {
    const share = whole ? Math.round((100 * slider.value) / whole) : 0;
    slider.parentElement.querySelector("output").value = share ? `${share} %` : "";
  }
}

if (form) {
  form.addEventListener("input", show);
  show();
}
