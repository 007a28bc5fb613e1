using System.Security.Cryptography;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Moderation.Contracts.V1;
using Moderation.ServiceDefaults.Redis;

namespace Moderation.ServiceDefaults.Audit;

/// <summary>
/// The chain of what people change, sealed by enforcement like the decisions. It holds ids, and hashes of what was there before and after. Whoever
/// repeats a change that was lost half-way appends again, which says what happened: it was asked for twice.
/// </summary>
public sealed class AdminAuditLedger(RedisConnectionStore redis, TimeProvider time) : IAdminAudit
{
    private static readonly EmbeddedScript Append = EmbeddedScript.Load(typeof(AdminAuditLedger).Assembly, "append_admin_audit.lua");

    /// <inheritdoc/>
    public Task RecordAsync(AdminChange change)
    {
        ArgumentNullException.ThrowIfNull(change);
        return AppendAsync(new AdminAuditEntry
        {
            Actor = change.Actor,
            Action = change.Action,
            Object = change.Target,
            TenantId = change.TenantId,
            BeforeHash = HashOf(change.Before),
            AfterHash = HashOf(change.After),
        });
    }

    /// <summary>Appends <paramref name="entry"/>; its time is set when it has none.</summary>
    /// <returns>Its number in the chain.</returns>
    /// <exception cref="ArgumentException">A field is not as the contract has it.</exception>
    public async Task<long> AppendAsync(AdminAuditEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        if (WhatIsWrong(entry) is { } wrong)
        {
            throw new ArgumentException(wrong, nameof(entry));
        }

        var stored = entry.Clone();
        stored.CreateTime ??= Timestamp.FromDateTimeOffset(time.GetUtcNow());
        return (long)await Append.RunAsync(
            redis.Multiplexer.GetDatabase(), [KeySpace.AdminAudit, KeySpace.AdminAuditSequence], [stored.ToByteArray()]);
    }

    private static ByteString HashOf(IMessage? message) => message is null ? ByteString.Empty : ByteString.CopyFrom(SHA256.HashData(message.ToByteArray()));

    private static string? WhatIsWrong(AdminAuditEntry entry)
        => entry.Actor.Length is 0 or > 200 ? "actor must be 1..200 characters"
            : entry.Action.Length is 0 or > 100 || !entry.Action.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '.' or '-')
                ? "action must be 1..100 characters of a-z 0-9 . -"
            : entry.Object.Length is 0 or > 300 ? "object must be 1..300 characters"
            : entry.BeforeHash.Length is not (0 or 32) || entry.AfterHash.Length is not (0 or 32) ? "before_hash and after_hash must be empty or 32 bytes"
            : null;
}

/// <summary>Registers <see cref="IAdminAudit"/>.</summary>
public static class AdminAuditRegistration
{
    /// <summary>Adds it, unless it is there.</summary>
    public static IServiceCollection AddAdminAudit(this IServiceCollection services)
    {
        services.TryAddSingleton<AdminAuditLedger>();
        services.TryAddSingleton<IAdminAudit>(p => p.GetRequiredService<AdminAuditLedger>());
        return services;
    }
}
