using System.Globalization;
using Baltoro.Backends.Embedded;
using Baltoro.Engine;
using Baltoro.Engine.Diagnostics;
using Baltoro.Kimi.Conversation;
using Baltoro.Kimi.Media;
using Baltoro.Kimi.Text;
using Baltoro.Kimi.Tokenizer;
using Baltoro.Kimi.Vision;
using Baltoro.Server.Hosting;

namespace Baltoro.Cli.Composition;

/// <summary>Opens the embedded backend; what is wrong with files or settings becomes one line and an exit code.</summary>
internal static class EmbeddedBackendOpener
{
    private const string KernelsVariable = "BALTORO_KERNELS";
    private const string ModelVariable = "BALTORO_MODEL";
    private const string SpeculationVariable = "BALTORO_SPECULATION";
    private const string QueueDeadlineVariable = "BALTORO_QUEUE_DEADLINE_SECONDS";
    private const int MostQueueSeconds = 86_400;
    private const string ThreadsVariable = "BALTORO_THREADS";

    /// <summary>
    /// Loads the model of <paramref name="modelPath"/>, or the one that ships with the program; repacked weights are kept in
    /// <paramref name="dataPath"/> where the environment does not say otherwise.
    /// </summary>
    /// <exception cref="StartFailure">It cannot be found or loaded.</exception>
    public static async ValueTask<IChatBackend> OpenAsync(string? modelPath, string dataPath, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        EmbeddedOptions options = new() { Engine = EngineOptions() with { PackedCache = PackedCache(dataPath) } };
        return await GuardAsync(() => EmbeddedBackend.OpenAsync(Locate(modelPath), options)).ConfigureAwait(false);
    }

    /// <summary>The model that was named, or that of BALTORO_MODEL, or the one that ships with the program.</summary>
    /// <exception cref="EmbeddedModelException">There is none.</exception>
    public static string Locate(string? modelPath) =>
        EmbeddedModel.Locate(modelPath ?? (Environment.GetEnvironmentVariable(ModelVariable) is { Length: > 0 } path ? path : null));

    /// <summary>Engine settings; what is not given comes from the environment.</summary>
    /// <exception cref="StartFailure">BALTORO_THREADS is not a number of threads, or BALTORO_KERNELS no variant of this machine.</exception>
    public static EngineOptions EngineOptions(int threads = 0) => new()
    {
        Threads = threads > 0 ? threads : ThreadsOfEnvironment(),
        Kernels = KernelsOfEnvironment(),
        Speculation = SpeculationOfEnvironment(),
        QueueDeadline = TimeSpan.FromSeconds(SecondsOfEnvironment(QueueDeadlineVariable, (int)new Baltoro.Engine.EngineOptions().QueueDeadline.TotalSeconds)),
    };

    /// <summary>Where repacked weights are kept; null where the environment switches that off. Troubles are told on the error output.</summary>
    /// <exception cref="StartFailure">A variable is wrong.</exception>
    public static PackedCacheOptions? PackedCache(string dataPath) => PackedCacheSettings.Read(
        dataPath, Environment.GetEnvironmentVariable, sentence => Console.Error.WriteLine($"baltoro: {sentence}"));

    private static SpeculationMode SpeculationOfEnvironment()
    {
        string? text = Environment.GetEnvironmentVariable(SpeculationVariable);
        return text switch
        {
            null or "" or "auto" => SpeculationMode.Auto,
            "off" => SpeculationMode.Off,
            "always" => SpeculationMode.Always,
            _ => throw new StartFailure(ExitCode.Settings, $"{SpeculationVariable}: expected one of auto, off, always, found '{text}'"),
        };
    }

    private static int SecondsOfEnvironment(string variable, int standard)
    {
        string? text = Environment.GetEnvironmentVariable(variable);
        if (string.IsNullOrEmpty(text))
        {
            return standard;
        }

        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int seconds) && seconds <= MostQueueSeconds
            ? seconds
            : throw new StartFailure(ExitCode.Settings, $"{variable}: expected whole seconds from 0 (no deadline) to {MostQueueSeconds}, found '{text}'");
    }

    private static string? KernelsOfEnvironment()
    {
        string? name = Environment.GetEnvironmentVariable(KernelsVariable);
        if (string.IsNullOrEmpty(name))
        {
            return null;
        }

        return Baltoro.Engine.EngineOptions.SupportedKernels.Contains(name)
            ? name
            : throw new StartFailure(
                ExitCode.Settings, $"{KernelsVariable}: expected one of {string.Join(", ", Baltoro.Engine.EngineOptions.SupportedKernels)}, found '{name}'");
    }

    private static int ThreadsOfEnvironment()
    {
        string? text = Environment.GetEnvironmentVariable(ThreadsVariable);
        if (string.IsNullOrEmpty(text))
        {
            return 0;
        }

        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int threads) && threads is >= 1 and <= 1024
            ? threads
            : throw new StartFailure(ExitCode.Settings, $"{ThreadsVariable}: expected a whole number from 1 to 1024, found '{text}'");
    }

    public static T Guard<T>(Func<T> open)
    {
        try
        {
            return open();
        }
        catch (Exception fault) when (IsModelFault(fault))
        {
            throw new StartFailure(ExitCode.Model, TextOf(fault), fault);
        }
    }

    public static async Task<T> GuardAsync<T>(Func<Task<T>> open)
    {
        try
        {
            return await open().ConfigureAwait(false);
        }
        catch (Exception fault) when (IsModelFault(fault))
        {
            throw new StartFailure(ExitCode.Model, TextOf(fault), fault);
        }
    }

    private static string TextOf(Exception fault) => fault is ArgumentException argument ? ArgumentText.Of(argument) : fault.Message;

    private static bool IsModelFault(Exception fault) => fault is ModelFormatException or TokenizerFormatException or EmbeddedModelException
        or VisionSettingsException or MediaException or ArgumentException or IOException or UnauthorizedAccessException;
}
