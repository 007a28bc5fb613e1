using Moderation.MediaHash.Banks;
using Moderation.MediaHash.Host.Rpc;
using Moderation.ServiceDefaults.Audit;
using Moderation.ServiceDefaults.Hosting;

namespace Moderation.MediaHash.Host.Banks;

/// <summary>Registers the banks: rows, the catalogue that follows them, and the limit of new entries.</summary>
internal static class BankRegistration
{
    public static void AddBanks(this IServiceCollection services)
    {
        services.AddOptions<FloodOptions>().BindConfiguration(FloodOptions.Section)
            .Validate(o => o.MediaPerHour is >= 0 and <= 1_000_000_000, "MediaHash:Flood:MediaPerHour must be 0..1000000000.")
            .Validate(o => o.NewHours is > 0 and <= 87_600, "MediaHash:Flood:NewHours must be 1..87600.")
            .ValidateOnStart();
        services.AddOptions<SnapshotOptions>().BindConfiguration(SnapshotOptions.Section)
            .Validate(
                o => o.Path.Length == 0 || (Path.IsPathFullyQualified(o.Path) && Directory.Exists(Path.GetDirectoryName(o.Path))),
                "MediaHash:Snapshot:Path must be empty or the full path of a file in a directory that is there.")
            .Validate(o => o.Minutes is > 0 and <= 1440, "MediaHash:Snapshot:Minutes must be 1..1440.")
            .Validate(o => o.Changes is > 0 and <= BankStore.ChangesKept, "MediaHash:Snapshot:Changes must be 1..100000.")
            .ValidateOnStart();
        services.AddSingleton<BankCatalogue>();
        services.AddSingleton<BankSnapshotStore>();
        services.AddSingleton<BankStore>();
        services.AddSingleton<LeaseStore>();
        services.AddSingleton<BankFeedStore>();
        services.AddAdminAudit();
        services.AddSingleton<BankAudit>();
        services.AddSingleton<FloodLimit>();
        services.AddSingleton<BankRpc>();
        services.AddHostedService<BankReplica>();
        services.AddHostedService<FloodWatch>();
        services.AddHealthChecks().AddCheck<BankHealthCheck>("banks", tags: [ServiceHost.ReadinessTag]);
    }
}
