// The page for missing addresses is shown at any address below wherever the site is: the site is the nearest folder
// above that has its script. The links, which are those below the data set's own base, then lead there.
"use strict";
(() => {
  const { root } = document.body.dataset;
  const steps = location.pathname.split("/");
  const folders = steps.slice(0, -1).map((_, index) => `${location.origin}${steps.slice(0, steps.length - 1 - index).join("/")}/`);
  const attempt = () => {
    const folder = folders.shift();
    if (folder === undefined) return;
    const script = document.createElement("script");
    document.body.dataset.root = folder;
    script.src = `${folder}assets/site.js`;
    script.onerror = attempt;
    script.onload = () => {
      if (!window.kgAddress) return attempt();
      for (const link of document.querySelectorAll("a[href], link[href]")) {
        const address = link.getAttribute("href");
        if (address.startsWith(root)) link.setAttribute("href", folder + address.slice(root.length));
      }
    };
    document.head.append(script);
  };
  attempt();
})();
