using Moderation.Enforcement.Host.Rpc;
using Moderation.Enforcement.Host.Work;

namespace Moderation.Enforcement.Host.Policies;

/// <summary>What decides, and how that is changed.</summary>
internal static class PolicyServices
{
    public static IServiceCollection AddPolicies(this IServiceCollection services)
    {
        services.AddOptions<PolicyOptions>().BindConfiguration(PolicyOptions.Section)
            .Validate(o => o.IsValid(), "Policy: LeastShadow and LeastHits must be 0 or more, LeastPrecision and ReviewShare 0..1, StrictApprovals 0..5, "
                + "PollInterval 100 ms to 10 s.")
            .ValidateOnStart();
        services.AddOptions<BreakerOptions>().BindConfiguration(BreakerOptions.Section)
            .Validate(o => o.IsValid(), "Breakers: RuleShare must be above 0 and at most 1, LeastPosts, RuleActions and each of MeasureActions 1 or more, "
                + "and MeasureActions must name measures such as REMOVE.")
            .ValidateOnStart();
        services.AddSingleton<PolicyCatalogue>();
        services.AddSingleton<PolicyStateStore>();
        services.AddSingleton<PolicyLibrary>();
        services.AddSingleton<PolicyFollower>();
        services.AddHostedService(p => p.GetRequiredService<PolicyFollower>());
        services.AddSingleton<RuleFigureStore>();
        services.AddSingleton<PolicyEvidence>();
        services.AddSingleton<PolicyDesk>();
        services.AddSingleton<RecordedInputStore>();
        services.AddSingleton<PolicyWorkbench>();
        services.AddSingleton<PolicyRpc>();
        return services.AddWork<BreakerWatch>().AddWork<PolicyNews>();
    }
}
