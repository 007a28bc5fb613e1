using Moderation.MediaHash.Host.Rpc;
using Moderation.ServiceDefaults.Redis;

namespace Moderation.MediaHash.Host.Lookbacks;

/// <summary>Registers look-back: what is kept of posts, the jobs and who does them.</summary>
internal static class LookbackRegistration
{
    public static void AddLookback(this IServiceCollection services)
    {
        services.AddOptions<LookbackOptions>().BindConfiguration(LookbackOptions.Section)
            .Validate(
                o => o.IsValid(),
                "MediaHash:Lookback: RetentionDays must be 1..90, GatherSeconds 0..3600, PostsPerSecond 100..10000000 and MaxTasks 1..100000.")
            .ValidateOnStart();
        services.AddSingleton<PostFingerprintStore>();
        services.AddSingleton<PostMemory>();
        services.AddSingleton<LookbackStore>();
        services.AddSingleton<LookbackWishes>();
        services.AddSingleton<ReviewHandover>();
        services.AddSingleton<LookbackRunner>();
        services.AddSingleton<LookbackRpc>();
        services.AddHostedService<LookbackWorker>();
    }
}
