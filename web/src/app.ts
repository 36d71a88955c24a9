/** Starts what the pages' script does. Every page is whole without it; each part makes one thing quicker or easier. */
import "./style/main.css";
import "./style/script.css";
import { showCharts, startCharts } from "./charts/live.ts";
import { startControls } from "./page/controls.ts";
import { onShown, startVisits } from "./page/visit.ts";
import { showCompare } from "./parts/compare.ts";
import { showCopy, startCopy } from "./parts/copy.ts";
import { showHeat, startHeat } from "./parts/heat.ts";
import { showSearch } from "./parts/search.ts";
import { startTheme } from "./parts/theme.ts";

const starts = [startTheme, startCopy, startHeat, startControls, startCharts];
const shows = [showCopy, showHeat, showCompare, showSearch, showCharts];

/** One part that fails takes no other with it. */
function run(parts: readonly (() => void)[]): void {
  for (const part of parts) {
    try {
      part();
    } catch (failure) {
      console.error(failure);
    }
  }
}

run(starts);
run(shows);
onShown(() => run(shows));
run([startVisits]);
document.documentElement.dataset["ready"] = "";
