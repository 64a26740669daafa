// ONNX Runtime's native build (since 1.29, but for Windows) collects what it runs (names and sizes of models, how long
// they took, an identifier of the machine) in the user's cache folder and sends it to Microsoft, unless a variable
// forbids it before it starts: onnxruntime's docs/Privacy.md. A notebook is its user's business, a class its lecturer's.

/** Whoever wants it sends it: `ORT_DISABLE_TELEMETRY=0` in the environment stays. In a worker thread this does nothing. */
export function disableTelemetry(): void {
  process.env.ORT_DISABLE_TELEMETRY ??= "1"; // a worker's variables are copies, which native code does not see
}
