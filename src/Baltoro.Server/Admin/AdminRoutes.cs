using Baltoro.Server.Gate;
using Baltoro.Server.Hosting;
using Baltoro.Server.Idempotency;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Baltoro.Server.Admin;

/// <summary>The admin API as a whole.</summary>
internal static class AdminRoutes
{
    /// <summary>Adds what the routes need.</summary>
    public static void Add(IServiceCollection services)
    {
        services.AddSingleton<AdminGate>().AddSingleton<KeyIssuing>().AddSingleton<OrganizationRoutes>().AddSingleton<ProjectRoutes>();
        services.AddSingleton<MemberRoutes>().AddSingleton<KeyRoutes>().AddSingleton<LimitRoutes>().AddSingleton<AuditRoutes>();
        services.AddSingleton<LimitRequestRoutes>().AddSingleton<LimitWishEndpoint>().AddSingleton<BillingRoutes>();
        services.AddSingleton(provider => new MoneyRoutes(
            provider.GetRequiredService<AdminGate>(), provider.GetRequiredService<ServerServices>().Clock));
        OpenApiRoute.Add(services);
    }

    /// <summary>Maps the routes of a server that has something to administer.</summary>
    public static void Map(IEndpointRouteBuilder app, ServerServices services)
    {
        if (services.Admin is not { } admin)
        {
            return;
        }

        IServiceProvider provider = app.ServiceProvider;
        IEndpointRouteBuilder routes = app.MapGroup("").AcceptIdempotencyKey(
            provider.GetRequiredService<Authenticate>().ScopeAsync, AdminGate.MayRepeatAsync);
        provider.GetRequiredService<OrganizationRoutes>().Map(routes, admin);
        provider.GetRequiredService<ProjectRoutes>().Map(routes, admin);
        provider.GetRequiredService<MemberRoutes>().Map(routes, admin);
        provider.GetRequiredService<KeyRoutes>().Map(routes, admin);
        provider.GetRequiredService<LimitRoutes>().Map(routes, admin);
        provider.GetRequiredService<MoneyRoutes>().Map(routes, admin);
        provider.GetRequiredService<AuditRoutes>().Map(routes, admin);
        provider.GetRequiredService<LimitRequestRoutes>().Map(routes, admin);
        provider.GetRequiredService<LimitWishEndpoint>().Map(routes, admin);
        if (admin.Billing is { } billing)
        {
            provider.GetRequiredService<BillingRoutes>().Map(routes, admin, billing);
        }

        OpenApiRoute.Map(routes);
    }
}
