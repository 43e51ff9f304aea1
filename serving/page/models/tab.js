// The tab Models: the active model, where it comes from and how good it is.
import { byId } from "../dom.js";
import { Panel } from "../panel.js";
import { onModel, service } from "../service.js";
import { showModel } from "./active_model.js";

export const panel = new Panel(byId("models-tab"));

export function start() {
  onModel(() => showModel(service.model, { fields: service.fields }));
}

export function open() {}
