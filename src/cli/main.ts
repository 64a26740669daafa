#!/usr/bin/env node
// The `latent-lab` command: reads arguments, calls a command's module, turns errors into a line and a status.
import { readFileSync } from "node:fs";
import { Command } from "commander";
import { LatentLabError, UsageError } from "../core/errors.js";
import { disableTelemetry } from "../core/telemetry.js";
import { addBuildCommand } from "./build-command.js";
import { addCheckCommand } from "./check-command.js";
import { addDoctorCommand } from "./doctor-command.js";
import { addExportCommand } from "./export-command.js";
import { addKernelCommands } from "./kernel-commands.js";
import { addLabCommand } from "./lab-command.js";
import { nodeRemedy } from "./node-version.js";
import { addRunCommand } from "./run-command.js";

const { version, description } = JSON.parse(
  readFileSync(new URL("../../package.json", import.meta.url), "utf8"),
) as { version: string; description: string };

disableTelemetry(); // in kernels too, and in what cells start
const program = new Command("latent-lab").description(description).version(version);
addLabCommand(program);
addKernelCommands(program);
addRunCommand(program);
addExportCommand(program);
addCheckCommand(program);
addBuildCommand(program);
addDoctorCommand(program);
program.hook("preAction", (_, action) => {
  const remedy = action.name() === "doctor" ? undefined : nodeRemedy(); // doctor says more
  if (remedy !== undefined) throw new UsageError(`this is Node ${process.versions.node}. ${remedy}`);
});

try {
  await program.parseAsync();
} catch (error) {
  // What a user can mend is said in one line; anything else is a bug of ours and needs its stack.
  const known = error instanceof LatentLabError;
  console.error(known ? `latent-lab: ${error.message}` : error);
  process.exitCode = 1;
}
