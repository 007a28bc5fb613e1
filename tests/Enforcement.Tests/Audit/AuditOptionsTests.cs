using Moderation.Enforcement.Audit;
using Moderation.Enforcement.Host.Audit;
using Xunit;

namespace Moderation.Enforcement.Tests.Audit;

public sealed class AuditOptionsTests
{
    [Fact]
    public void Defaults_with_a_key_are_right_and_everything_wrong_is_told_at_once()
    {
        var key = Path.GetTempFileName();
        Assert.Null(new AuditOptions { SigningKeyFile = key }.WhatIsWrong());
        var wrong = new AuditOptions
        {
            SigningKeyFile = key + ".absent",
            SealInterval = TimeSpan.Zero,
            CheckpointInterval = TimeSpan.Zero,
            LeaseDuration = TimeSpan.FromSeconds(1),
            SealEntries = 0,
            CheckpointsKept = 1,
            ArchiveInterval = TimeSpan.Zero,
            ArchiveDelay = TimeSpan.FromSeconds(29),
            SegmentEntries = 99,
            ArchiveRetention = TimeSpan.FromDays(364),
            AnnounceInterval = TimeSpan.Zero,
            AnnounceTo = { "Not a tenant" },
        }.WhatIsWrong();
        foreach (var name in typeof(AuditOptions).GetProperties().Select(p => p.Name).Where(n => n != nameof(AuditOptions.ArchiveDirectory)))
        {
            Assert.Contains(name, wrong, StringComparison.Ordinal);
        }

        Assert.Contains("modctl audit key create", new AuditOptions().WhatIsWrong(), StringComparison.Ordinal);
        File.Delete(key);
    }

    [Theory]
    [InlineData("not a key")]
    [InlineData("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----")]
    public void Signer_of_another_text_says_what_is_needed(string pem)
        => Assert.Contains("P-256", Assert.Throws<System.Security.Cryptography.CryptographicException>(() => AuditSigner.FromPem(pem)).Message, StringComparison.Ordinal);

    [Fact]
    public void Signer_of_another_curve_is_refused()
    {
        using var key = System.Security.Cryptography.ECDsa.Create(System.Security.Cryptography.ECCurve.NamedCurves.nistP384);
        Assert.Throws<System.Security.Cryptography.CryptographicException>(() => AuditSigner.FromPem(key.ExportPkcs8PrivateKeyPem()));
    }
}
