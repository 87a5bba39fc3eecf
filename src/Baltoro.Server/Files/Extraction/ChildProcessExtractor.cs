using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json;

namespace Baltoro.Server.Files.Extraction;

/// <summary>
/// Extracts each document in a process of its own, with bounds on memory and time and without this process's environment: a
/// document that brings its reader down, or keeps it busy, costs its own upload only. How many run at a time is the caller's
/// business.
/// </summary>
public sealed class ChildProcessExtractor : ITextExtractor
{
    /// <summary>Name of the hidden command that reads one document; see <see cref="RunChildAsync"/>.</summary>
    public const string Verb = "extract-text";

    private const int MaxAnswerChars = 4 * TextSink.MaxChars;
    private const string HeapLimitHex = "20000000"; // 512 MiB

    private static readonly string[] _passedOn = ["PATH", "HOME", "DOTNET_ROOT", "TMPDIR"];

    private readonly string _program;
    private readonly IReadOnlyList<string> _arguments;
    private readonly TimeSpan _limit;

    /// <param name="program">The executable to start.</param>
    /// <param name="arguments">What stands before the verb.</param>
    /// <param name="limit">Time a document may take.</param>
    public ChildProcessExtractor(string program, IReadOnlyList<string> arguments, TimeSpan limit)
    {
        _program = program;
        _arguments = arguments;
        _limit = limit;
    }

    /// <inheritdoc/>
    public async ValueTask<(ExtractedText? Found, string? Problem)> ExtractAsync(Stream file, string name, CancellationToken cancellationToken)
    {
        if (file is not FileStream onDisk)
        {
            throw new ArgumentException("only files on the disk are given to another process", nameof(file));
        }

        await onDisk.FlushAsync(cancellationToken).ConfigureAwait(false);
        return await RunAsync(onDisk.Name, name, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>What the started process does: reads one file and writes what it found as JSON.</summary>
    public static async Task<int> RunChildAsync(string path, string name, TextWriter output, CancellationToken cancellationToken)
    {
        using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        (ExtractedText? found, string? problem) = await new InProcessExtractor().ExtractAsync(file, name, cancellationToken).ConfigureAwait(false);
        string answer = JsonSerializer.Serialize([problem, found?.Text, found?.FileType, found?.Title], ExtractionJson.Default.StringArray);
        await output.WriteLineAsync(answer).ConfigureAwait(false);
        return 0;
    }

    private async ValueTask<(ExtractedText? Found, string? Problem)> RunAsync(string path, string name, CancellationToken cancellationToken)
    {
        using Process child = new() { StartInfo = StartOf(path, name) };
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(_limit);
        try
        {
            child.Start();
        }
        catch (Win32Exception fault)
        {
            throw new InvalidOperationException($"program {_program}: cannot be started ({fault.Message})", fault);
        }

        try
        {
            Task<string> errors = ReadAsync(child.StandardError, limit.Token);
            string answer = await ReadAsync(child.StandardOutput, limit.Token).ConfigureAwait(false);
            await errors.ConfigureAwait(false);
            await child.WaitForExitAsync(limit.Token).ConfigureAwait(false);
            return child.ExitCode == 0 ? Parse(answer) : (null, "it is damaged, or needs too much memory");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return (null, $"it was not read within {_limit.TotalSeconds} seconds");
        }
        finally
        {
            if (!child.HasExited)
            {
                child.Kill(entireProcessTree: true);
            }
        }
    }

    private ProcessStartInfo StartOf(string path, string name)
    {
        ProcessStartInfo start = new(_program) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        start.Environment.Clear();
        foreach (string variable in _passedOn)
        {
            if (Environment.GetEnvironmentVariable(variable) is { } value)
            {
                start.Environment[variable] = value;
            }
        }

        start.Environment["DOTNET_GCHeapHardLimit"] = HeapLimitHex;
        foreach (string argument in (IEnumerable<string>)[.. _arguments, Verb, path, Path.GetExtension(name) is { Length: > 0 } ending ? $"file{ending}" : "file"])
        {
            start.ArgumentList.Add(argument);
        }

        return start;
    }

    private static async Task<string> ReadAsync(StreamReader output, CancellationToken cancellationToken)
    {
        System.Text.StringBuilder text = new();
        char[] piece = new char[64 * 1024];
        while (await output.ReadAsync(piece, cancellationToken).ConfigureAwait(false) is > 0 and int chars && text.Length < MaxAnswerChars)
        {
            text.Append(piece, 0, chars);
        }

        return text.ToString();
    }

    private static (ExtractedText? Found, string? Problem) Parse(string answer)
    {
        try
        {
            string?[]? parts = JsonSerializer.Deserialize(answer, ExtractionJson.Default.StringArray);
            return parts is [null, { } text, { } type, { } title] ? (new ExtractedText(text, type, title), null) : (null, parts?[0] ?? "it is damaged");
        }
        catch (JsonException)
        {
            // Cut off: the child ended in the middle of its answer.
            return (null, "it is damaged, or needs too much memory");
        }
    }
}
