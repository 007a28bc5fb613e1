using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Moderation.MediaHash.Host.Decoding;
using Moderation.MediaHash.Tests.Hashing;
using Xunit;

namespace Moderation.MediaHash.Tests.Decoding;

/// <summary>Pictures are decoded in processes of their own; what happens to those happens to no other request.</summary>
public sealed class PictureHasherTests : IDisposable
{
    private static readonly byte[] Png = MadePictures.RgbPng(FormulaPicture.Create(2, 300, 200, 1), 300, 200);
    private readonly FakeTimeProvider _time = new();
    private readonly PictureHasher _hasher;

    public PictureHasherTests() => _hasher = new PictureHasher(
        Options.Create(new DecodingOptions { MaxConcurrent = 2, TimeoutSeconds = 20 }), _time, NullLogger<PictureHasher>.Instance);

    public void Dispose() => _hasher.Dispose();

    private Task<HashedPicture> HashAsync(byte[] bytes) => _hasher.HashAsync(bytes, CancellationToken.None);

    [Fact]
    public async Task Process_answers_what_decoding_here_gives_and_serves_again()
    {
        var expected = HashedPicture.Of(new PictureDecoder(new DecodingOptions()), Png);
        for (var i = 0; i < 3; i++)
        {
            var hashed = await HashAsync(Png);
            Assert.Equal((expected.Width, expected.Height, expected.Pdq), (hashed.Width, hashed.Height, hashed.Pdq));
            Assert.Equal(expected.Forms, hashed.Forms);
            Assert.Equal(7, hashed.Forms.Count);
        }
        Assert.DoesNotContain(Environment.ProcessId, _hasher.IdleProcesses);
        Assert.Single(_hasher.IdleProcesses);
    }

    [Fact]
    public async Task Damaged_pictures_are_refused_with_their_reason_and_the_process_goes_on()
    {
        await AssertRefusedAsync(RejectionDetail.Truncated, Png[..(Png.Length / 2)]);
        await AssertRefusedAsync(RejectionDetail.UnsupportedFormat, "%PDF-1.7 GIF89a"u8.ToArray());
        await AssertRefusedAsync(RejectionDetail.Empty, []);
        await AssertRefusedAsync(RejectionDetail.TooManyPixels, MadePictures.Png(16_000, 16_000, 8, 0, [[0]]));
        await HashAsync(Png);
        Assert.Single(_hasher.IdleProcesses);
    }

    [Fact]
    public async Task Process_that_was_killed_is_replaced_and_the_request_answered()
    {
        var expected = await HashAsync(Png);
        var killed = Assert.Single(_hasher.IdleProcesses);
        using (var process = Process.GetProcessById(killed))
        {
            process.Kill();
            await process.WaitForExitAsync();
        }
        Assert.Equal(expected.Pdq, (await HashAsync(Png)).Pdq);
        Assert.DoesNotContain(killed, _hasher.IdleProcesses);
    }

    [Fact]
    public async Task Process_that_hangs_is_ended_in_time_while_another_request_is_served()
    {
        await HashAsync(Png);
        var hung = Assert.Single(_hasher.IdleProcesses);
        using (var stop = Process.Start("kill", ["-STOP", hung.ToString(System.Globalization.CultureInfo.InvariantCulture)]))
            await stop.WaitForExitAsync();
        var waiting = HashAsync(Png);
        Assert.Equal(300, (await HashAsync(Png)).Width);
        Assert.False(waiting.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(21));
        Assert.Equal(RejectionDetail.TooCostly, (await Assert.ThrowsAsync<MediaRejectedException>(() => waiting)).Detail);
        Assert.DoesNotContain(hung, _hasher.IdleProcesses);
        Assert.Equal(300, (await HashAsync(Png)).Width);
    }

    private async Task AssertRefusedAsync(RejectionDetail detail, byte[] file) =>
        Assert.Equal(detail, (await Assert.ThrowsAsync<MediaRejectedException>(() => HashAsync(file))).Detail);
}
