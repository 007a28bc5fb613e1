using System.Security.Cryptography;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Moderation.Enforcement.Audit;
using Moderation.Enforcement.Host.Rpc;
using Moderation.ServiceDefaults.Audit;
using Moderation.ServiceDefaults.Redis;

namespace Moderation.Enforcement.Host.Audit;

/// <summary>Registers the audit.</summary>
internal static class AuditRegistration
{
    /// <summary>Seals, archives and reads the audit.</summary>
    public static IServiceCollection AddAudit(this IServiceCollection services)
    {
        services.AddSingleton<IValidateOptions<AuditOptions>, AuditOptionsCheck>();
        services.AddOptions<AuditOptions>().BindConfiguration(AuditOptions.Section).ValidateOnStart();
        services.AddSingleton(p => ReadSigner(p.GetRequiredService<IOptions<AuditOptions>>().Value.SigningKeyFile));
        services.AddSingleton(p => new ArchiveSlot(
            p.GetRequiredService<IOptions<AuditOptions>>().Value.ArchiveDirectory is { Length: > 0 } directory
                ? new DirectoryArchive(directory, p.GetRequiredService<KeySpace>().ShardCount)
                : null));
        services.AddSingleton(new AuditReplica($"{Environment.MachineName}-{Ulid.NewUlid()}"));
        services.AddSingleton<AuditSteps>();
        services.AddSingleton<AuditStore>();
        services.AddSingleton<AuditLeaseStore>();
        services.AddSingleton<AccountKeyStore>();
        services.TryAddSingleton<PostOwnerStore>();
        services.AddSingleton<SettlementStore>();
        services.AddSingleton<Settler>();
        services.AddSingleton<SegmentSource>();
        services.AddSingleton<CheckpointAnnouncer>();
        services.AddSingleton<AuditSealer>();
        services.AddSingleton<AuditArchiver>();
        services.AddSingleton<ArchivedDecisions>();
        services.AddSingleton<AuditExport>();
        services.AddAdminAudit();
        services.AddSingleton<AuditRpc>();
        services.AddHostedService<AuditWorker>();
        return services;
    }

    private static AuditSigner ReadSigner(string path)
    {
        try
        {
            return AuditSigner.FromPem(File.ReadAllText(path));
        }
        catch (CryptographicException wrong)
        {
            throw new InvalidOperationException($"Audit:SigningKeyFile: {path}: {wrong.Message}", wrong);
        }
    }

    private sealed class AuditOptionsCheck : IValidateOptions<AuditOptions>
    {
        public ValidateOptionsResult Validate(string? name, AuditOptions options)
            => options.WhatIsWrong() is { } wrong ? ValidateOptionsResult.Fail(wrong) : ValidateOptionsResult.Success;
    }
}
