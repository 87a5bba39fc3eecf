using System.CommandLine;
using Baltoro.Kimi.Cards;
using Baltoro.Kimi.Conversation;
using Baltoro.Kimi.Media;
using Baltoro.Server.Hosting;

namespace Baltoro.Cli.Commands;

/// <summary><c>baltoro chat</c>: talks to the embedded model without a server.</summary>
internal sealed class ChatCommand(CommandContext context)
{
    private readonly Option<string> _model = new("--model") { Description = "Model id", DefaultValueFactory = _ => "kimi-k2-5" };
    private readonly Option<string?> _system = new("--system") { Description = "System message" };
    private readonly Option<string[]> _images = new("--image") { Description = "Picture to show with the prompt; may be given several times" };
    private readonly Option<string?> _data = new("--data") { Description = "Data directory" };

    private readonly Argument<string[]> _prompt = new("prompt")
    {
        Description = "What to say; without it an interactive session",
        Arity = ArgumentArity.ZeroOrMore,
    };

    public Command Build()
    {
        Command command = new("chat", "Chat with the model in this process") { _model, _system, _images, _data, _prompt };
        command.SetAction(RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        string id = parsed.GetRequiredValue(_model);
        Dictionary<string, string> given = [];
        if (parsed.GetValue(_data) is { } data)
        {
            given[SettingName.Data] = data;
        }

        ServerOptions options = context.LoadOptions(given, configFile: null);
        if (!options.Catalog.TryGet(id, out ModelCard? card))
        {
            string known = string.Join(", ", options.Catalog.Cards.Select(known => known.Id));
            return await context.FailAsync(ExitCode.Usage, $"--model must be one of {known}, found '{id}'").ConfigureAwait(false);
        }

        string[] words = parsed.GetValue(_prompt) ?? [];
        string prompt = string.Join(' ', words);
        if (words.Length > 0 && string.IsNullOrWhiteSpace(prompt))
        {
            return await context.FailAsync(
                ExitCode.Usage, "the prompt must not be empty; leave it out for an interactive session").ConfigureAwait(false);
        }

        IReadOnlyList<EncodedImage> images = ImageFiles.Read(parsed.GetValue(_images) ?? []);
        await using IChatBackend backend =
            await context.Services.OpenBackend(options.ModelPath, options.DataPath, cancellationToken).ConfigureAwait(false);
        ChatSession session = new(context, backend, card, parsed.GetValue(_system), images);
        return words.Length > 0
            ? (int)await session.SayAsync(prompt, cancellationToken).ConfigureAwait(false)
            : (int)await session.LoopAsync(cancellationToken).ConfigureAwait(false);
    }
}
