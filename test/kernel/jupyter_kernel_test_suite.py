"""Jupyter's own conformance suite against our kernel; run by jupyter-kernel-test.test.ts."""
import unittest

import jupyter_kernel_test


class LatentLabKernelTests(jupyter_kernel_test.KernelTests):
    kernel_name = "latent-lab"
    language_name = "typescript"
    file_extension = ".ts"

    code_hello_world = 'console.log("hello, world")'
    code_stderr = 'console.error("test")'
    completion_samples = [
        {"text": "Math.hyp", "matches": {"hypot"}},
        {"text": "[1].flatM", "matches": {"flatMap"}},
    ]
    complete_code_samples = ["1 + 1", 'console.log("hello")', "function f(x: number) { return x * 2 }"]
    incomplete_code_samples = ["function f() {", "const s = `open", "[1, 2,"]
    invalid_code_samples = ["const = 3; 1", "let x = ] + 1; y"]
    code_inspect_sample = "Math.hypot"
    code_execute_result = [
        {"code": "1+2", "result": "3"},
        {"code": 'const name: string = "a"; name', "result": "'a'"},
    ]
    code_display_data = [
        {"code": 'display.html("<b>test</b>")', "mime": "text/html"},
        {"code": 'display.markdown("# test")', "mime": "text/markdown"},
    ]
    code_generate_error = 'throw new Error("test")'
    code_clear_output = "display.clear()"
    code_history_pattern = "1?2*"
    supported_history_operations = ("tail", "range", "search")


if __name__ == "__main__":
    unittest.main()
