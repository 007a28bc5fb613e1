using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Moderation.Enforcement.Host.Work;

/// <summary>Background work.</summary>
internal static class WorkServices
{
    /// <summary>Adds a work, and what runs it.</summary>
    public static IServiceCollection AddWork<TWork>(this IServiceCollection services) where TWork : class, IWork
    {
        services.AddOptions<WorkOptions>().BindConfiguration(WorkOptions.Section)
            .Validate(o => o.IsValid(), "Work:LeaseTime must be 10 seconds to 10 minutes.").ValidateOnStart();
        services.TryAddSingleton<WorkLeaseStore>();
        services.AddSingleton<TWork>();
        return services.AddSingleton<IHostedService>(p => new LeasedWorker(
            p.GetRequiredService<TWork>(), p.GetRequiredService<WorkLeaseStore>(), p.GetRequiredService<IOptions<WorkOptions>>(),
            p.GetRequiredService<TimeProvider>(), p.GetRequiredService<ILogger<LeasedWorker>>()));
    }
}
