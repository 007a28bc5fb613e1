using Moderation.Enforcement.Host.Rpc;
using Moderation.Enforcement.Host.Work;

namespace Moderation.Enforcement.Host.Effects;

/// <summary>Closing the loop with the platform.</summary>
internal static class EffectServices
{
    public static IServiceCollection AddEffects(this IServiceCollection services)
    {
        services.AddOptions<EffectOptions>().BindConfiguration(EffectOptions.Section)
            .Validate(o => o.IsValid(), "Effects: ConfirmWithin must be 1 minute to 7 days, GiveUpAfter 1 to 214 days.").ValidateOnStart();
        services.AddSingleton<EffectStore>();
        services.AddSingleton<EffectRpc>();
        return services.AddWork<EffectReconciler>();
    }
}
