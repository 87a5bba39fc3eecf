using Baltoro.Platform.Identity;

namespace Baltoro.Platform.Tests.Identity;

public sealed class RightsTests
{
    [Theory]
    [InlineData(Role.None, "")]
    [InlineData(Role.Viewer, "Read")]
    [InlineData(Role.Member, "Read OwnKeys AskLimits")]
    [InlineData(Role.Admin, "Read OwnKeys AskLimits AllKeys Projects Members Audit")]
    [InlineData(Role.Owner, "Read OwnKeys AskLimits AllKeys Projects Members Audit Organization")]
    [InlineData(Role.Operator, "Read OwnKeys AskLimits AllKeys Projects Members Audit Organization Operate")]
    public void Allow_Role_HasExactlyThese(Role role, string permissions) =>
        Assert.Equal(permissions, string.Join(' ', Enum.GetValues<Permission>().Where(permission => Rights.Allow(role, permission))));

    [Fact]
    public void Names_OfEveryRoleAndScope_ComeBack()
    {
        Assert.All(Enum.GetValues<Role>().Where(role => role != Role.None), role => Assert.Equal(role, RoleNames.Parse(RoleNames.Of(role))));
        Assert.Null(RoleNames.Parse("none"));
        for (int bits = 0; bits < 16; bits++)
        {
            Assert.Equal((KeyScopes)bits, KeyScopeNames.Parse(KeyScopeNames.Of((KeyScopes)bits)));
        }

        Assert.Null(KeyScopeNames.Parse(["inference", "everything"]));
    }
}
