using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Moderation.MediaHash.Banks;
using Moderation.MediaHash.Hashing;
using Moderation.MediaHash.Host.Decoding;
using Moderation.MediaHash.Tests.Hashing;
using Xunit;

namespace Moderation.MediaHash.Tests.Decoding;

public sealed class AnimatedPictureTests
{
    private const int Width = 120;
    private const int Height = 90;

    [Fact]
    public void Frames_are_hashed_as_they_are_shown_after_every_disposal()
    {
        GifFrame[] frames =
        [
            new(Grey(1), 0, 0, Width, 50),
            new(Grey(2, 60, 45), 30, 20, 60, 20, GifDisposal.Clear),
            new(Grey(3, 80, 40), 10, 5, 80, 30, GifDisposal.Previous),
            new(Grey(4, 40, 60), 70, 25, 40, 0),
            new(Holes(Grey(5, 100, 80)), 15, 5, 100, 40, GifDisposal.Clear, Transparent: 7),
            new(Grey(7, 20, 70), 0, 10, 20, 20),
            new(Grey(6), 0, 0, Width, 10),
        ];
        using var picture = Decode(MadeGif.Write(Width, Height, frames));
        var shown = MadeGif.Show(Width, Height, frames).Select(rgb => PdqHasher.HashRgb(rgb, Width, Height)).ToArray();
        Assert.Equal(shown[0], picture.Hash());
        Assert.Equal(shown[1..], picture.Frames.Select(frame => frame.Pdq));
        Assert.Equal([1, 2, 3, 4, 5, 6], picture.Frames.Select(frame => frame.Number));
        Assert.Equal([500, 700, 1000, 1000, 1400, 1600], picture.Frames.Select(frame => frame.Time.TotalMilliseconds));
    }

    [Fact]
    public void Frames_beyond_the_samples_are_spread_evenly_with_the_first_and_the_last()
    {
        var frames = Enumerable.Range(0, 40).Select(i => new GifFrame(Grey(i), 0, 0, Width, 10)).ToArray();
        using var picture = Decode(MadeGif.Write(Width, Height, frames), new DecodingOptions { SampledFrames = 5 });
        Assert.Equal([9, 19, 29, 39], picture.Frames.Select(frame => frame.Number));
        Assert.Equal(MadeGif.Show(Width, Height, frames).Select(rgb => PdqHasher.HashRgb(rgb, Width, Height)).ElementAt(39), picture.Frames[^1].Pdq);
        using var first = Decode(MadeGif.Write(Width, Height, frames), new DecodingOptions { SampledFrames = 1 });
        Assert.Empty(first.Frames);
    }

    [Fact]
    public void Frames_like_the_one_before_or_without_features_are_left_out()
    {
        var flat = new byte[Width * Height];
        GifFrame[] frames = [new(Grey(1), 0, 0, Width), new(Grey(1), 0, 0, Width), new(flat, 0, 0, Width), new(Grey(2), 0, 0, Width)];
        using var picture = Decode(MadeGif.Write(Width, Height, frames));
        Assert.Equal(3, Assert.Single(picture.Frames).Number);
    }

    [Fact]
    public void Large_frames_are_sampled_like_large_pictures()
    {
        var frames = new[] { 1, 2 }.Select(seed => new GifFrame(Grey(seed, 700, 600), 0, 0, 700)).ToArray();
        using var picture = Decode(MadeGif.Write(700, 600, frames));
        var sampled = new byte[512 * 512 * 3];
        NearestSampling.Sample(MadeGif.Show(700, 600, frames).Last(), 700, 600, sampled);
        Assert.Equal(PdqHasher.HashRgb(sampled, 512, 512), Assert.Single(picture.Frames).Pdq);
    }

    [Fact]
    public void More_frames_or_pixels_than_are_taken_are_refused_before_any_is_decoded()
    {
        // What stands where the pixels should be is no LZW: decoding it would say so.
        var damaged = MadeGif.Write(Width, Height, Enumerable.Range(0, 12).Select(i => new GifFrame(Grey(i), 0, 0, Width)));
        Assert.Equal(RejectionDetail.TooLong, Refusal(damaged, new DecodingOptions { MaxFrames = 11 }));
        Assert.Equal(RejectionDetail.TooManyPixels, Refusal(damaged, new DecodingOptions { MaxFramePixels = (12 * Width * Height) - 1 }));
        using var taken = Decode(damaged, new DecodingOptions { MaxFrames = 12, MaxFramePixels = 12 * Width * Height });
        Assert.Equal(11, taken.Frames.Count);
    }

    [Fact]
    public void Thousands_of_frames_of_a_huge_picture_are_refused_by_the_header()
    {
        // 3,000 frames of one pixel each, and a picture of 2,000 x 2,000: the file is small, the frames would be 12 billion pixels.
        var bomb = MadeGif.Write(2_000, 2_000, Enumerable.Repeat(new GifFrame([1], 0, 0, 1), 3_000));
        Assert.InRange(bomb.Length, 0, 100_000);
        Assert.Equal(RejectionDetail.TooManyPixels, Refusal(bomb, new DecodingOptions()));
    }

    [Theory]
    [InlineData(0.1)]
    [InlineData(0.5)]
    [InlineData(0.9)]
    public void Animation_that_breaks_off_is_truncated(double share)
    {
        var whole = MadeGif.Write(Width, Height, Enumerable.Range(0, 6).Select(i => new GifFrame(Grey(i), 0, 0, Width)));
        Assert.Equal(RejectionDetail.Truncated, Refusal(whole[..(int)(whole.Length * share)], new DecodingOptions()));
        Assert.Equal(RejectionDetail.Truncated, Refusal(whole[..^1], new DecodingOptions()));
    }

    [Fact]
    public void Bytes_behind_the_end_do_no_harm()
    {
        var whole = MadeGif.Write(Width, Height, Enumerable.Range(0, 3).Select(i => new GifFrame(Grey(i), 0, 0, Width)));
        using var picture = Decode([.. whole, .. "<html>"u8]);
        Assert.Equal(2, picture.Frames.Count);
    }

    [Fact]
    public void Answer_of_a_decoder_process_keeps_every_frame()
    {
        var frames = Enumerable.Range(0, 64).Select(i => new GifFrame(Grey(i), 0, 0, Width));
        var options = new DecodingOptions { SampledFrames = 64 };
        var hashed = HashedPicture.Of(new PictureDecoder(options), MadeGif.Write(Width, Height, frames));
        var answer = hashed.ToAnswer();
        var read = HashedPicture.FromAnswer(answer);
        Assert.Equal(63, read.Frames.Count);
        Assert.All(read.Frames, frame => Assert.Equal(7, frame.Forms.Count));
        Assert.Equal(hashed.Frames.Select(frame => frame with { Forms = [] }), read.Frames.Select(frame => frame with { Forms = [] }));
        Assert.Equal(hashed.Frames.Select(frame => frame.Forms), read.Frames.Select(frame => frame.Forms));
        Assert.Equal(hashed.Forms, read.Forms);
        Assert.Equal((hashed.Width, hashed.Height, hashed.Pdq), (read.Width, read.Height, read.Pdq));
        Assert.InRange(answer.Length, 0, 64 * 9 * 32);
        for (var length = 0; length < answer.Length; length += 7)
            Assert.Throws<InvalidDataException>(() => HashedPicture.FromAnswer(answer[..length]));
        Assert.Throws<InvalidDataException>(() => HashedPicture.FromAnswer([.. answer, 1]));
    }

    [Fact]
    public async Task Decoder_process_answers_as_many_frames_as_may_be_sampled()
    {
        var options = new DecodingOptions { SampledFrames = 64 };
        using var hasher = new PictureHasher(Options.Create(options), TimeProvider.System, NullLogger<PictureHasher>.Instance);
        var gif = MadeGif.Write(Width, Height, Enumerable.Range(0, 64).Select(i => new GifFrame(Grey(i), 0, 0, Width)));
        var hashed = await hasher.HashAsync(gif, CancellationToken.None);
        Assert.Equal(63, hashed.Frames.Count);
        Assert.All(hashed.Frames, frame => Assert.Equal(7, frame.Forms.Count));
    }

    [Fact]
    public void Match_of_a_later_frame_says_which_and_when()
    {
        GifFrame[] frames = [new(Grey(1), 0, 0, Width, 30), new(Grey(2), 0, 0, Width, 70), new(Grey(3), 0, 0, Width)];
        using var picture = Decode(MadeGif.Write(Width, Height, frames));
        var catalogue = SnapshotEntries(picture.Frames[1].Pdq.Hash);
        var found = new List<BankMatch>();
        var digests = new ExactDigests("", "", "");
        catalogue.Match(new MediaFingerprints("m", digests, picture.Hash(), []) { PictureFrames = picture.Frames }, found);
        var match = Assert.Single(found);
        Assert.Equal((0, 2, TimeSpan.FromSeconds(1)), (match.Distance, match.Frame?.Number, match.Frame?.Time));
        // A frame counts even where the first one is too poor to be matched.
        found.Clear();
        catalogue.Match(new MediaFingerprints("m", digests, default, []) { PictureFrames = picture.Frames }, found);
        Assert.Single(found);
    }

    [Fact]
    public void Later_frame_matches_turned_as_well()
    {
        byte[][] grey = [Grey(1), Grey(2)];
        using var turned = Decode(MadeGif.Write(Width, Height, grey.Select(pixels => new GifFrame([.. pixels.Reverse()], 0, 0, Width, 30))));
        using var upright = Decode(MadeGif.Write(Width, Height, grey.Select(pixels => new GifFrame(pixels, 0, 0, Width, 30))));
        var found = new List<BankMatch>();
        SnapshotEntries(upright.Frames[0].Pdq.Hash).Match(
            new MediaFingerprints("m", new ExactDigests("", "", ""), turned.Hash(), []) { PictureFrames = turned.Frames }, found);
        var match = Assert.Single(found);
        Assert.Equal((PictureForm.Rotated180, 1), (match.Form, match.Frame?.Number));
        Assert.InRange(match.Distance, 0, 2);
    }

    private static BankCatalogue SnapshotEntries(PdqHash hash)
    {
        var catalogue = new BankCatalogue();
        var entry = new BankEntry(
            new BankEntryKey("bank", "e1"), HarmCategory.Hate, HashKind.Pdq, hash.ToString(), "test", "", "tester", DateTimeOffset.UnixEpoch);
        catalogue.Apply([new BankChange(entry.Key, entry, 1)]);
        return catalogue;
    }

    private static RejectionDetail Refusal(byte[] bytes, DecodingOptions options) =>
        Assert.Throws<MediaRejectedException>(() => Decode(bytes, options)).Detail;

    private static DecodedPicture Decode(byte[] bytes, DecodingOptions? options = null) => new PictureDecoder(options ?? new DecodingOptions()).Decode(bytes);

    // Brightness of the formula pictures with blocks and noise; the seed chooses the blocks.
    private static byte[] Grey(int seed, int width = Width, int height = Height) =>
        [.. FormulaPicture.Create(3, width, height, seed).Chunk(3).Select(rgb => rgb[1])];

    private static byte[] Holes(byte[] indexes) => [.. indexes.Select((value, i) => i / 25 % 2 == 0 ? (byte)7 : value)];
}
