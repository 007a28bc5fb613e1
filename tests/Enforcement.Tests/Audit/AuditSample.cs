using System.Security.Cryptography;
using System.Text;
using Moderation.Enforcement.Audit;

namespace Moderation.Enforcement.Tests.Audit;

/// <summary>A small audit: two chains, several seals each, a checkpoint after each round.</summary>
internal sealed class AuditSample : IDisposable
{
    public const string First = "shard-0";
    public const string Second = "shard-1";
    private readonly Dictionary<string, ChainHead> _heads = new() { [First] = ChainHead.Start(First), [Second] = ChainHead.Start(Second) };

    public AuditSample(int rounds = 4, int entriesInSeal = 5)
    {
        Keys.Add(Signer.PublicKey);
        for (var round = 1; round <= rounds; round++)
        {
            foreach (var chain in new[] { First, Second })
            {
                var entries = Enumerable.Range(1, entriesInSeal)
                    .Select(i => new ChainEntry(_heads[chain].LastEntry + i, BytesOf($"{chain} round {round} entry {i}"))).ToList();
                var seal = Seal.Close(_heads[chain], entries, round * 1000, Signer);
                Lines.AddRange(entries.Select(e => new EntryLine(chain, e, round * 1000, default, default)));
                Lines.Add(new SealLine(seal));
                _heads[chain] = seal.ToHead();
            }

            Checkpoints.Add(Checkpoint.Make(Checkpoints.LastOrDefault(), _heads.Values, round * 1000, Signer));
            Lines.Add(new CheckpointLine(Checkpoints[^1]));
        }
    }

    public AuditSigner Signer { get; } = AuditSigner.FromPem(AuditSigner.CreatePem());

    public AuditKeyRing Keys { get; } = new();

    public List<AuditLine> Lines { get; } = [];

    public List<Checkpoint> Checkpoints { get; } = [];

    /// <summary>The place of an entry among the lines.</summary>
    // As entries are: no changed byte makes one into another.
    private static byte[] BytesOf(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        return [.. bytes, .. SHA256.HashData(bytes)];
    }

    public int IndexOf(string chain, long number) => Lines.FindIndex(l => l is EntryLine e && e.Chain == chain && e.Entry.Number == number);

    public AuditReport Verify(IEnumerable<AuditLine>? lines = null, Checkpoint? trusted = null, AuditKeyRing? keys = null)
    {
        var verifier = new AuditVerifier(keys ?? Keys, trusted);
        foreach (var line in lines ?? Lines)
        {
            verifier.Read(AuditLine.Parse(line.ToJson())); // as it would come out of a file
        }

        return verifier.Finish();
    }

    public void Dispose()
    {
        Signer.Dispose();
        Keys.Dispose();
    }
}
