/** The app: its store, and the screens on it. */
import { createStore } from "./store.ts";
import { startApp } from "./ui/app.ts";

const root = document.getElementById("app");
if (!root) throw new Error("index.html has no #app");
startApp(createStore(), root);
