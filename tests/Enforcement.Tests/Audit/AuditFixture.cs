using Microsoft.Extensions.Time.Testing;
using Moderation.Enforcement.Audit;
using Moderation.Enforcement.Host.Audit;
using Moderation.Testing;
using Xunit;

namespace Moderation.Enforcement.Tests.Audit;

/// <summary>A Redis and an archive that outlive the processes of a test.</summary>
public abstract class AuditFixture : IAsyncLifetime
{
    private readonly List<AuditRig> _rigs = [];

    private protected RedisServer Redis { get; private set; } = null!; // set by InitializeAsync before any test

    private protected string SigningKey { get; } = AuditSigner.CreatePem();

    private protected AuditSigner Signer => field ??= AuditSigner.FromPem(SigningKey);

    private protected FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));

    private protected string ArchiveDirectory { get; } = Directory.CreateTempSubdirectory("moderation-archive-").FullName;

    public async ValueTask InitializeAsync() => Redis = await RedisServer.StartAsync("--save", "", "--appendfsync", "no");

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        foreach (var rig in _rigs)
        {
            await rig.DisposeAsync();
        }

        await Redis.DisposeAsync();
        Signer.Dispose();
        Directory.Delete(ArchiveDirectory, recursive: true);
    }

    /// <summary>A process; what held the leases before is dead for long enough.</summary>
    private protected AuditRig Start(Action<AuditOptions>? configure = null, bool archive = true)
    {
        Time.Advance(TimeSpan.FromSeconds(30));
        var rig = new AuditRig(Redis.ConnectionString, archive ? ArchiveDirectory : "", Signer, Time, configure);
        _rigs.Add(rig);
        return rig;
    }
}
