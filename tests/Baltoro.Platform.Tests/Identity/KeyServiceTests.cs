using Baltoro.Platform.Identity;

namespace Baltoro.Platform.Tests.Identity;

public class KeyServiceTests
{
    private readonly MemoryKeyStore _store = new();
    private readonly KeyService _keys;

    public KeyServiceTests() => _keys = new KeyService(_store, new KeyPepper(new byte[32]), TimeProvider.System);

    [Fact]
    public async Task Authenticate_CreatedKey_KnowsItsHolder()
    {
        IssuedKey issued = await CreateAsync(new KeyRequest { Name = "n", Tier = "tier2", OrganizationId = "acme" });
        Caller? caller = await _keys.AuthenticateAsync(issued.Text, default);
        Assert.Equal(new Caller(issued.Key.Id, "acme", "tier2"), caller);
        Assert.DoesNotContain(issued.Text[..^4], issued.Key.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Authenticate_Junk_NeverReachesTheStore()
    {
        foreach (string junk in (string[])["", "x", "sk-", "sk-" + new string('0', 49), new string('a', 1_000_000)])
        {
            Assert.Null(await _keys.AuthenticateAsync(junk, default));
        }

        Assert.Equal(0, _store.Lookups);
        Assert.Null(await _keys.AuthenticateAsync(ApiKeyText.Create(), default));
        Assert.Equal(1, _store.Lookups);
    }

    [Fact]
    public async Task Rotate_ReplacesTheSecretUnderTheSameId()
    {
        IssuedKey first = await CreateAsync(new KeyRequest());
        KeyResult second = await _keys.RotateAsync(first.Key.Id, default);
        Assert.Equal(first.Key.Id, second.Issued?.Key.Id);
        Assert.Null(await _keys.AuthenticateAsync(first.Text, default));
        Assert.NotNull(await _keys.AuthenticateAsync(second.Issued?.Text ?? "", default));
    }

    [Fact]
    public async Task Revoke_EndsTheKeyForGood()
    {
        IssuedKey key = await CreateAsync(new KeyRequest());
        Assert.Equal(KeyProblem.None, await _keys.RevokeAsync(key.Key.Id, default));
        Assert.Equal(KeyProblem.None, await _keys.RevokeAsync(key.Key.Id, default));
        Assert.Null(await _keys.AuthenticateAsync(key.Text, default));
        Assert.Equal(KeyProblem.Revoked, (await _keys.RotateAsync(key.Key.Id, default)).Problem);
        Assert.Equal(KeyProblem.UnknownKey, await _keys.RevokeAsync("ak-none", default));
        Assert.Equal(KeyProblem.UnknownKey, (await _keys.RotateAsync("ak-none", default)).Problem);
    }

    [Theory]
    [InlineData("", "local", "free", KeyProblem.BadName)]
    [InlineData("a\nb", "local", "free", KeyProblem.BadName)]
    [InlineData("n", "Bad Org", "free", KeyProblem.BadOrganization)]
    [InlineData("n", "", "free", KeyProblem.BadOrganization)]
    [InlineData("n", "local", "gold", KeyProblem.UnknownTier)]
    public async Task Create_BadRequest_IsNamed(string name, string organization, string tier, KeyProblem problem)
    {
        KeyResult result = await _keys.CreateAsync(new KeyRequest { Name = name, OrganizationId = organization, Tier = tier }, default);
        Assert.Equal(problem, result.Problem);
        Assert.Null(result.Issued);
        Assert.NotEmpty(result.Message);
    }

    [Fact]
    public async Task CreateFirst_OnlyInAnEmptyStore()
    {
        Assert.NotNull(await _keys.CreateFirstAsync(new KeyRequest(), default));
        Assert.Null(await _keys.CreateFirstAsync(new KeyRequest(), default));
    }

    private async Task<IssuedKey> CreateAsync(KeyRequest request) =>
        (await _keys.CreateAsync(request, default)).Issued ?? throw new InvalidOperationException("refused");
}
