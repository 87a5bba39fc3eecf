using System.Diagnostics;
using System.Text.Json.Nodes;
using Baltoro.Kimi.Tests.Support;

namespace Baltoro.Kimi.Tests.Grammar;

/// <summary>Ajv (Draft 2020-12, with ajv-formats) in one node process, asked line by line. Skips the test where it is missing.</summary>
public sealed class AjvOracle : IDisposable
{
    private readonly Process? _process;
    private readonly string _missing = "";

    public AjvOracle()
    {
        string folder = Path.Combine(TestPaths.Root, "tests", "oracle", "ajv");
        if (!Directory.Exists(Path.Combine(folder, "node_modules", "ajv")))
        {
            _missing = "ajv is not installed: run npm ci in tests/oracle/ajv";
            return;
        }

        try
        {
            _process = Process.Start(new ProcessStartInfo("node", "oracle.cjs")
            {
                WorkingDirectory = folder,
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
            });
        }
        catch (System.ComponentModel.Win32Exception fault)
        {
            _missing = $"node cannot be started: {fault.Message}";
        }
    }

    /// <summary>Skips the running test when there is no oracle.</summary>
    public void Require() => Assert.SkipWhen(_process is null, _missing);

    public void SetSchema(string schema)
    {
        JsonNode answer = Ask(new JsonObject { ["schema"] = JsonNode.Parse(schema) });
        Assert.True(answer["ok"] is not null, $"ajv refuses {schema}: {answer["error"]}");
    }

    public bool IsValid(string document, out string error)
    {
        JsonNode answer = Ask(new JsonObject { ["document"] = document });
        error = answer["error"]?.ToString() ?? "";
        return answer["valid"]?.GetValue<bool>() == true;
    }

    public void Dispose()
    {
        _process?.StandardInput.Close();
        _process?.WaitForExit(5000);
        _process?.Dispose();
    }

    private JsonNode Ask(JsonObject request)
    {
        Require();
        lock (this)
        {
            _process!.StandardInput.WriteLine(request.ToJsonString());
            _process.StandardInput.Flush();
            return JsonNode.Parse(_process.StandardOutput.ReadLine() ?? throw new InvalidOperationException("the oracle ended"))!;
        }
    }
}
