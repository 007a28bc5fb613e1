using CsCheck;
using Moderation.MediaHash.Hashing;
using Xunit;

namespace Moderation.MediaHash.Tests.Hashing;

public sealed class PdqHashTests
{
    private static readonly Gen<PdqHash> AnyHash =
        Gen.Select(Gen.ULong, Gen.ULong, Gen.ULong, Gen.ULong, (a, b, c, d) => new PdqHash(a, b, c, d));

    [Fact]
    public void Parse_what_ToString_wrote_gives_the_hash() =>
        AnyHash.Sample(hash => Assert.Equal(hash, PdqHash.Parse(hash.ToString())));

    [Fact]
    public void FromBytes_what_WriteBytes_wrote_gives_the_hash() => AnyHash.Sample(hash =>
    {
        Assert.Equal(hash, PdqHash.FromBytes(hash.ToByteArray()));
        Assert.Equal(hash.ToString(), Convert.ToHexStringLower(hash.ToByteArray()));
    });

    [Fact]
    public void HammingDistance_equals_counting_bits() => Gen.Select(AnyHash, AnyHash).Sample((a, b) =>
    {
        var bits = a.ToByteArray().Zip(b.ToByteArray()).Sum(pair => Convert.ToString(pair.First ^ pair.Second, 2).Count(c => c == '1'));
        Assert.Equal(bits, a.HammingDistance(b));
        Assert.Equal(bits, b.HammingDistance(a));
    });

    [Fact]
    public void ToString_prints_the_highest_word_first() =>
        Assert.Equal(
            "0000000000000004000000000000000300000000000000020000000000000001",
            new PdqHash(1, 2, 3, 4).ToString());

    [Theory]
    [InlineData("")]
    [InlineData("d8f8")]
    [InlineData(" 8f8f0cee0f4a84f0637022a078f67f0b36e2ed596621e1d33e6339c4e9c9b22")]
    [InlineData("g8f8f0cee0f4a84f0637022a078f67f0b36e2ed596621e1d33e6339c4e9c9b22")]
    [InlineData("d8f8f0cee0f4a84f0637022a078f67f0b36e2ed596621e1d33e6339c4e9c9b2200")]
    [InlineData("+8f8f0cee0f4a84f0637022a078f67f0b36e2ed596621e1d33e6339c4e9c9b22")]
    public void TryParse_anything_but_64_digits_is_refused(string text) => Assert.False(PdqHash.TryParse(text, out _));
}
