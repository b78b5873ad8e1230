// What the Angular frontend calls, with a client that is generated from the API's description. It
// is compiled, not run: what the description says wrong does not compile, and neither does a mistake
// that it lets pass, because TypeScript refuses a comment that expects an error where there is none.

import { Api } from "./generated/api";
import {
  allRuns,
  canStart,
  finishRun,
  getRun,
  ingestReadings,
  interruptAll,
  listReadings,
  listRuns,
  openApi,
  runningRuns,
  startRun,
} from "./generated/functions";

export async function aSimulation(api: Api): Promise<string> {
  const places = await api.invoke(canStart);
  const free: number = places.maxAllowed - places.currentRunning;
  if (!places.canStart || free === 0) {
    return "no place is free";
  }
  const run = await api.invoke(startRun, { body: { duration: 60, interval: 5 } });
  const inParams: string = run.params["runId"];
  const reading = { runId: run.id, sensorId: "sensor-1", temperature: 22.5 };
  await api.invoke(ingestReadings, { "X-User": "ada", body: reading });
  await api.invoke(ingestReadings, { body: [reading, { ...reading, humidity: 40 }] });
  await api.invoke(ingestReadings, {
    "X-Run-Id": run.id,
    body: { sensorId: "sensor-1", reading: 1013.25, type: "pressure" },
  });
  const page = await api.invoke(listReadings, { runId: run.id, limit: 100 });
  const warmest = Math.max(...page.items.map((item) => item.temperature ?? -Infinity));
  const ended = await api.invoke(finishRun, { id: run.id, body: { status: "SUCCESS" } });
  return `${inParams} ${ended.finishedAt} ${ended.stats?.average} ${warmest} ${run.grafanaUrl}`;
}

export async function everyRun(api: Api): Promise<number> {
  const running = await api.invoke(runningRuns);
  const newest = await api.invoke(allRuns);
  let page = await api.invoke(listRuns, { limit: 50 });
  while (page.nextKey) {
    page = await api.invoke(listRuns, { lastKey: page.nextKey });
  }
  const one = await api.invoke(getRun, { id: newest[0].id });
  const ended = await api.invoke(interruptAll);
  await api.invoke(openApi);
  return running.length + ended.interrupted + one.duration;
}

export function mistakes(api: Api): void {
  // @ts-expect-error: a duration is a number
  void api.invoke(startRun, { body: { duration: true } });
  // @ts-expect-error: a reading has a sensor
  void api.invoke(ingestReadings, { body: { runId: "r", temperature: 20 } });
  // @ts-expect-error: a reading has a value
  void api.invoke(ingestReadings, { body: { runId: "r", sensorId: "s" } });
  // @ts-expect-error: a value is a number
  void api.invoke(ingestReadings, { body: { sensorId: "s", temperature: true } });
  // @ts-expect-error: and so is a second one
  void api.invoke(ingestReadings, { body: { sensorId: "s", temperature: 20, humidity: true } });
  // @ts-expect-error: there are three kinds of readings
  void api.invoke(ingestReadings, { body: { sensorId: "s", reading: 1, type: "wind" } });
  // @ts-expect-error: a client's id needs a timestamp
  void api.invoke(ingestReadings, { body: { id: "i", sensorId: "s", temperature: 20 } });
  // @ts-expect-error: a run is finished by its id
  void api.invoke(finishRun, { body: { status: "SUCCESS" } });
  // @ts-expect-error: a run ends well, badly or interrupted
  void api.invoke(finishRun, { id: "r", body: { status: "PERHAPS" } });
}
