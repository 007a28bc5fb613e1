using System.Text;
using Moderation.MediaHash.Hashing;
using Xunit;

namespace Moderation.MediaHash.Tests.Hashing;

public sealed class DigestTrioTests
{
    [Fact]
    public void Compute_abc_gives_the_published_digests() => Assert.Equal(
        new ExactDigests(
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
            "a9993e364706816aba3e25717850c26c9cd0d89d",
            "900150983cd24fb0d6963f7d28e17f72"),
        DigestTrio.Compute("abc"u8));

    [Fact]
    public void Append_in_chunks_equals_all_at_once()
    {
        var bytes = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("chunk by chunk ", 1000)));
        using var trio = new DigestTrio();
        foreach (var chunk in bytes.Chunk(777))
            trio.Append(chunk);
        Assert.Equal(DigestTrio.Compute(bytes), trio.Finish());
    }

    [Fact]
    public void Finish_starts_again_from_nothing()
    {
        using var trio = new DigestTrio();
        trio.Append("before"u8);
        trio.Finish();
        trio.Append("abc"u8);
        Assert.Equal(DigestTrio.Compute("abc"u8), trio.Finish());
    }
}
