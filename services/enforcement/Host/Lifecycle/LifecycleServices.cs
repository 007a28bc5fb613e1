using Moderation.Enforcement.Host.Rpc;
using Moderation.Enforcement.Host.Work;
using Moderation.ServiceDefaults.Redis;

namespace Moderation.Enforcement.Host.Lifecycle;

/// <summary>Export, erasure, legal holds and retention.</summary>
internal static class LifecycleServices
{
    public static IServiceCollection AddLifecycle(this IServiceCollection services)
    {
        services.AddSingleton<KeyWalkStore>();
        services.AddSingleton<AccountTrailStore>();
        services.AddSingleton<LegalHoldStore>();
        services.AddSingleton<PostFingerprintStore>();
        services.AddSingleton<PostTraceStore>();
        services.AddSingleton<ErasureStore>();
        services.AddSingleton<AccountExport>();
        services.AddSingleton<RetentionCatalogue>();
        services.AddSingleton<SweepStore>();

        // In the order in which they are erased: posts are what the others are found by.
        services.AddSingleton<IAccountHolding, IntakeHoldingStore>();
        services.AddSingleton<IAccountHolding, AppealHoldingStore>();
        services.AddSingleton<IAccountHolding, ReportHoldingStore>();
        services.AddSingleton<IAccountHolding>(new PreservedHolding("order"));
        services.AddSingleton<IAccountHolding>(new PreservedHolding("preservation"));
        services.AddSingleton<IAccountHolding, TaskHoldingStore>();
        services.AddSingleton<IAccountHolding, LedgerHoldingStore>();
        services.AddSingleton<IAccountHolding, DecisionHoldingStore>();
        services.AddSingleton<IAccountHolding, EventHoldingStore>();
        services.AddSingleton<IAccountHolding, DeliveryHolding>();
        services.AddSingleton<IAccountHolding, ConflictHoldingStore>();
        services.AddSingleton<IAccountHolding, FingerprintHolding>();
        services.AddSingleton<IAccountHolding, PostHoldingStore>();
        services.AddSingleton<DataRpc>();
        return services.AddWork<AccountErasure>().AddWork<LegalHoldKeeper>().AddWork<RetentionSweeper>();
    }
}
