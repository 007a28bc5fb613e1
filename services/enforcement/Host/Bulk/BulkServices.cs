using Moderation.Enforcement.Host.Rpc;
using Moderation.Enforcement.Host.Work;

namespace Moderation.Enforcement.Host.Bulk;

/// <summary>Bulk decisions.</summary>
internal static class BulkServices
{
    public static IServiceCollection AddBulk(this IServiceCollection services)
    {
        services.AddOptions<BulkOptions>().BindConfiguration(BulkOptions.Section).Validate(o => o.IsValid(), "Bulk:Cap must be 1 to 100,000.").ValidateOnStart();
        services.AddSingleton<BulkSelectionStore>();
        services.AddSingleton<BulkJobStore>();
        services.AddSingleton<BulkDesk>();
        services.AddSingleton<BulkRpc>();
        return services.AddWork<BulkRunner>();
    }
}
