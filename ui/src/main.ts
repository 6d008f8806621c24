import "@fontsource-variable/inter/wght.css";
import "@fontsource-variable/jetbrains-mono/wght.css";
import "./style/tokens.css";
import "./style/base.css";
import { mount } from "svelte";
import App from "./App.svelte";
import { live } from "./live/live.svelte";

live.start();
const target = document.getElementById("app");
if (target !== null) mount(App, { target });
