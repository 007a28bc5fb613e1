using Moderation.Enforcement.Host.Campaigns;
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
        services.AddOptions<CampaignOptions>().BindConfiguration(CampaignOptions.Section)
            .Validate(o => o.IsValid(), "Campaigns: LeastShadow must be 0 to 7 days, LeastShadowPosts 1 or more, WatchTime 1 hour to 31 days.")
            .ValidateOnStart();
        services.AddSingleton<CampaignBudgetStore>();
        services.AddSingleton<CampaignBudget>();
        services.AddSingleton<CampaignStep>();
        services.AddSingleton<CampaignFigureStore>();
        services.AddSingleton<CampaignReports>();
        services.AddSingleton<CampaignRpc>();
        return services.AddWork<BreakerWatch>().AddWork<PolicyNews>().AddWork<CampaignCloser>();
    }
}
