/** Readings of the simulated pump in a page that `servePackage` serves. */

/** Gives a page `window.simulated(model, seed)`: a pump with the model's sensors. */
export function simulates(page) {
  return page.addInitScript(() => {
    window.simulated = async (model, seed) => {
      const folder = "/web/wasm/simulate";
      const { default: start, Pump, sampleRateHz } = await import(`${folder}/simulate.js`);
      await start({ module_or_path: `${folder}/simulate_bg.wasm` });
      const names = model.info.channels.map(({ name }) => name);
      const pump = new Pump(seed, "normal", names);
      let taken = 0;
      return {
        sampleRateHz: sampleRateHz(),
        setCondition: (condition) => pump.setCondition(condition),
        take(count) {
          const all = [...pump.readings(count)];
          return Array.from({ length: count }, () => {
            const values = all.splice(0, names.length);
            return { values, time_s: taken++ / sampleRateHz() };
          });
        },
      };
    };
  });
}
