using Microsoft.AspNetCore.Builder;
using Moderation.ServiceDefaults.Audit;
using Moderation.ServiceDefaults.Hosting;
using Moderation.TextClassify.Host.Claims;
using Moderation.TextClassify.Host.DropIn;
using Moderation.TextClassify.Host.Lists;
using Moderation.TextClassify.Host.Models;
using Moderation.TextClassify.Host.Rpc;

namespace Moderation.TextClassify.Host;

/// <summary>The text-classify service.</summary>
public static class TextClassifyHost
{
    /// <summary>Its name, as it is deployed.</summary>
    public const string Name = "text-classify";

    /// <summary>Makes the service, ready to run.</summary>
    /// <param name="args">Command line, as configuration.</param>
    /// <param name="configure">Further configuration, which wins.</param>
    /// <param name="services">Further services, which win: a clock, for example.</param>
    public static WebApplication Create(string[] args, Action<IConfigurationBuilder>? configure = null, Action<IServiceCollection>? services = null)
    {
        var builder = ServiceHost.CreateBuilder(Name, args, configure);
        builder.Services.AddAdminAudit();
        builder.Services.AddTextModels();
        builder.Services.AddSingleton<TextScoring>();
        builder.Services.AddSingleton<TextClassifyRpc>();
        builder.Services.AddDropIn();
        builder.Services.AddTextLists();
        builder.Services.AddClaims();
        services?.Invoke(builder.Services);
        var app = builder.BuildService();
        app.MapGrpcService<TextClassifyRpc>();
        app.MapGrpcService<TextListRpc>();
        app.MapGrpcService<ClaimRpc>();
        app.MapGrpcService<TextModelRpc>();
        app.MapDropIn();
        return app;
    }
}
