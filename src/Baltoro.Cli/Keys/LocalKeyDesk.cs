using Baltoro.Cli.Composition;
using Baltoro.Platform.Audit;
using Baltoro.Platform.Identity;
using Baltoro.Platform.Limits;
using Baltoro.Platform.Ports;
using Baltoro.Server.Hosting;

namespace Baltoro.Cli.Keys;

/// <summary>Keys on the store itself, also beside running servers.</summary>
internal sealed class LocalKeyDesk(AccountBooks books) : IKeyDesk
{
    public string Place => $"data directory {books.DataPath}";

    public async Task<IssuedRow> CreateAsync(KeyOrder order, CancellationToken cancellationToken)
    {
        (string What, string Id)? missing = await KeyReferences.FindMissingAsync(books.Directory, order.Key, cancellationToken).ConfigureAwait(false);
        bool makes = missing is ("organization", _) && order.Key is { Kind: KeyKind.Api, ProjectId: "", MemberId: "" };
        if (missing is ("organization", string organization) && !makes)
        {
            await books.RequireAsync(organization, cancellationToken).ConfigureAwait(false);
        }
        else if (missing is (string what, string id) && !makes)
        {
            throw new StartFailure(ExitCode.Failure, $"there is no {what} '{id}' in the organization '{order.Key.OrganizationId}'");
        }

        if (order.Key.Models.FirstOrDefault(model => !books.Models.TryGet(model, out _)) is { } unknown)
        {
            throw new StartFailure(
                ExitCode.Usage, $"--model must be one of {string.Join(", ", books.Models.Cards.Select(card => card.Id))}, found '{unknown}'");
        }

        KeyResult result = await books.Keys.CreateAsync(order.Key, cancellationToken).ConfigureAwait(false);
        IssuedRow issued = Show(result) with { MakesOrganization = makes };
        if (!order.Limits.IsEmpty)
        {
            // Nobody has the key yet: it is shown only after its limits hold.
            await books.Accounts.SetLimitsAsync(
                issued.Organization, ScopeName.OfKey(issued.Id), order.Limits, Actor.CommandLine, cancellationToken).ConfigureAwait(false);
        }

        return issued;
    }

    public async Task<IReadOnlyList<KeyRow>> ListAsync(string? organization, CancellationToken cancellationToken)
    {
        KeyQuery query = new()
        {
            OrganizationId = organization is null ? null : await books.RequireAsync(organization, cancellationToken).ConfigureAwait(false),
        };
        return
        [
            .. (await books.Keys.ListAsync(query, cancellationToken).ConfigureAwait(false)).Select(
                key => new KeyRow(key.Id, key.Hint, key.Name, key.OrganizationId, key.Tier, key.CreatedAt, key.IsActive)
                {
                    IsAdmin = key.Kind == KeyKind.Admin,
                    Role = key.Role == Role.None ? "" : RoleNames.Of(key.Role),
                    Project = key.ProjectId,
                    ExpiresAt = key.ExpiresAt,
                }),
        ];
    }

    public async Task RevokeAsync(string id, CancellationToken cancellationToken)
    {
        if (await books.Keys.RevokeAsync(id, cancellationToken).ConfigureAwait(false) != KeyProblem.None)
        {
            throw new StartFailure(ExitCode.Failure, $"no key has the id '{id}'");
        }
    }

    public async Task<IssuedRow> RotateAsync(string id, TimeSpan grace, CancellationToken cancellationToken) =>
        Show(await books.Keys.RotateAsync(id, grace, Actor.CommandLine, cancellationToken).ConfigureAwait(false));

    public ValueTask DisposeAsync() => books.DisposeAsync();

    private static IssuedRow Show(KeyResult result)
    {
        if (result.Issued is { } issued)
        {
            return new IssuedRow(issued.Key.Id, issued.Text, issued.Key.OrganizationId, issued.Key.Tier);
        }

        ExitCode code = result.Problem is KeyProblem.UnknownKey or KeyProblem.Revoked or KeyProblem.Conflict
            ? ExitCode.Failure
            : ExitCode.Usage;
        throw new StartFailure(code, result.Message);
    }
}
