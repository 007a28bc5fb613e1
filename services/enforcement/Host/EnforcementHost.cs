using Moderation.Enforcement.Host.Audit;
using Moderation.Enforcement.Host.Bulk;
using Moderation.Enforcement.Host.Decisions;
using Moderation.Enforcement.Host.Delivery;
using Moderation.Enforcement.Host.Effects;
using Moderation.Enforcement.Host.Lifecycle;
using Moderation.Enforcement.Host.Policies;
using Moderation.Enforcement.Host.Reports;
using Moderation.Enforcement.Host.Review;
using Moderation.Enforcement.Host.Rpc;
using Moderation.Enforcement.Host.Standing;
using Moderation.Enforcement.Host.Transparency;
using Moderation.ServiceDefaults.Hosting;

namespace Moderation.Enforcement.Host;

/// <summary>The enforcement service.</summary>
public static class EnforcementHost
{
    /// <summary>Its name, as it is deployed.</summary>
    public const string Name = "enforcement";

    /// <summary>Makes the service, ready to run.</summary>
    /// <param name="args">Command line, as configuration.</param>
    /// <param name="configure">Further configuration, which wins.</param>
    /// <param name="services">Further services, which win: a clock, for example.</param>
    public static WebApplication Create(string[] args, Action<IConfigurationBuilder>? configure = null, Action<IServiceCollection>? services = null)
    {
        var builder = ServiceHost.CreateBuilder(Name, args, configure);
        builder.Services.AddOptions<RetentionOptions>().BindConfiguration(RetentionOptions.Section)
            .Validate(o => o.IsValid(), "Retention: WithoutMeasure must be 7 days or more, WithMeasure 214 days or more, OutboxLength 100 or more, SweepKeys 1000 or more.")
            .ValidateOnStart();
        builder.Services.AddPolicies();
        builder.Services.AddSingleton<StandingLedger>();
        builder.Services.AddSingleton<DecisionStore>();
        builder.Services.AddSingleton<WithdrawalStore>();
        builder.Services.AddSingleton<DecisionMaker>();
        builder.Services.AddSingleton<PersonDecisionMaker>();
        builder.Services.AddSingleton<EnforcementRpc>();
        builder.Services.AddAudit();
        builder.Services.AddSingleton<TransparencyWriter>();
        builder.Services.AddSingleton<TransparencyRpc>();
        builder.Services.AddDelivery();
        builder.Services.AddReview();
        builder.Services.AddReports();
        builder.Services.AddEffects();
        builder.Services.AddBulk();
        builder.Services.AddLifecycle();
        services?.Invoke(builder.Services);
        var app = builder.BuildService();
        _ = app.Services.GetRequiredService<PolicyCatalogue>(); // a policy that does not compile ends the start, not the first decision
        app.MapGrpcService<EnforcementRpc>();
        app.MapGrpcService<AuditRpc>();
        app.MapGrpcService<TransparencyRpc>();
        app.MapGrpcService<DeliveryRpc>();
        app.MapGrpcService<ReviewRpc>();
        app.MapGrpcService<ReviewTaskRpc>();
        app.MapGrpcService<AppealRpc>();
        app.MapReports();
        app.MapGrpcService<EffectRpc>();
        app.MapGrpcService<BulkRpc>();
        app.MapGrpcService<DataRpc>();
        app.MapGrpcService<PolicyRpc>();
        app.MapGrpcService<CampaignRpc>();
        return app;
    }
}
