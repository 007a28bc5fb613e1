using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;

namespace Moderation.Enforcement.Host.Lifecycle;

/// <summary>What is held about an account, as NDJSON.</summary>
internal sealed class AccountExport(AccountTrailStore trails, IEnumerable<IAccountHolding> holdings, TimeProvider time)
{
    private const int ChunkBytes = 64 * 1024;

    /// <summary>Whole lines, about 64 KiB at a time.</summary>
    public async IAsyncEnumerable<byte[]> ReadAsync(string tenant, string account, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var trail = await trails.FindAsync(tenant, account, cancellationToken);
        using var chunk = new MemoryStream();
        var header = new { tenantId = tenant, accountId = account, exportTime = time.GetUtcNow().UtcDateTime, posts = trail.Posts.Count, decisions = trail.Decisions.Count };
        Write(chunk, new HeldRecord("account", JsonSerializer.Serialize(header)));
        foreach (var holding in holdings)
        {
            await foreach (var held in holding.ReadAsync(trail, cancellationToken))
            {
                Write(chunk, held);
                if (chunk.Length >= ChunkBytes)
                {
                    yield return chunk.ToArray();
                    chunk.SetLength(0);
                }
            }
        }

        // Who reads it can tell a whole export from one that broke off.
        Write(chunk, new HeldRecord("end", "{}"));
        yield return chunk.ToArray();
    }

    private static void Write(MemoryStream chunk, HeldRecord record)
        => chunk.Write(Encoding.UTF8.GetBytes($"{{\"kind\":{JsonSerializer.Serialize(record.Kind)},\"data\":{record.Json}}}\n"));
}
