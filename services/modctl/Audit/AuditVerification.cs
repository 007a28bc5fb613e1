using System.Globalization;
using System.IO.Compression;
using Moderation.Enforcement.Audit;
using Moderation.ModCtl.Shell;

namespace Moderation.ModCtl.Audit;

/// <summary>One verification: what is trusted, what is read, and what came of it.</summary>
internal sealed class AuditVerification(Terminal terminal) : IDisposable
{
    private const int LongestLine = 64 * 1024 * 1024;
    private readonly AuditKeyRing _keys = new();
    private Checkpoint? _trusted;
    private AuditVerifier? _verifier;
    private bool _ownKeys = true;

    /// <summary>Trusts a public key.</summary>
    public void Trust(string pem)
    {
        _keys.Add(AuditKeyCommand.PublicKey(pem, "--key"));
        _ownKeys = false;
    }

    /// <summary>Trusts a checkpoint that was kept outside.</summary>
    public void TrustCheckpoint(FileInfo file)
    {
        if (!file.Exists)
        {
            throw new UsageException($"--checkpoint: there is no file {file.FullName}.");
        }

        try
        {
            _trusted = AuditLine.Parse(File.ReadAllBytes(file.FullName)) is CheckpointLine line
                ? line.Checkpoint
                : throw new FormatException("it holds no checkpoint");
        }
        catch (FormatException wrong)
        {
            throw new UsageException($"--checkpoint: {file.FullName}: {wrong.Message}; modctl audit checkpoint prints one.");
        }
    }

    public void VerifyArchive(ArchiveFolder archive)
    {
        if (_ownKeys)
        {
            foreach (var key in archive.Keys())
            {
                _keys.Add(key);
            }
        }

        _verifier = new AuditVerifier(_keys, _trusted);
        archive.ReadInto(new ArchiveVerifier(_verifier, _keys));
    }

    public void VerifyFile(FileInfo file)
    {
        if (!file.Exists)
        {
            throw new UsageException($"--file: there is no file {file.FullName}.");
        }

        using var stream = file.OpenRead();
        using var text = file.Extension == ".gz" ? new GZipStream(stream, CompressionMode.Decompress) : null;
        VerifyLines((Stream?)text ?? stream);
    }

    /// <summary>Exports into a file of its own first: a service that is slow to read must not be held up by what is done with each line.</summary>
    public async Task VerifyServiceAsync(AuditConnection connection, CancellationToken cancellationToken)
    {
        await using var file = new FileStream(
            Path.GetTempFileName(), FileMode.Create, FileAccess.ReadWrite, FileShare.None, bufferSize: 64 * 1024, FileOptions.DeleteOnClose);
        await connection.ExportAsync(file, cancellationToken);
        file.Position = 0;
        VerifyLines(file);
    }

    /// <summary>Says what came of it.</summary>
    /// <returns>The exit code.</returns>
    public int Tell(FileInfo? save)
    {
        var report = (_verifier ?? throw new InvalidOperationException("Nothing was verified.")).Finish();
        foreach (var finding in report.Findings)
        {
            terminal.Out.WriteLine(FailureText.Printable(finding.ToString()));
        }

        foreach (var note in report.Notes)
        {
            terminal.Error.WriteLine($"Note: {FailureText.Printable(note)}");
        }

        if (_ownKeys)
        {
            terminal.Error.WriteLine(
                $"Note: no --key was given, so the signatures were held against the audit's own keys ({string.Join(", ", _keys.Ids.Select(k => k[..12]))}).");
        }

        if (_trusted is null)
        {
            terminal.Error.WriteLine("Note: no --checkpoint was given: a cut tail, or an old state put back whole, does not show without one.");
        }

        var against = _trusted is null ? "" : string.Create(CultureInfo.InvariantCulture, $", against trusted checkpoint {_trusted.Number}");
        terminal.Out.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{(report.Holds ? "Holds" : "DOES NOT HOLD")}: {report.Entries} entries under {report.Seals} seals in {report.Heads.Count} chains, "
                + $"{report.Checkpoints} checkpoints{against}."));
        if (report.Holds && save is not null && report.Latest is { } latest)
        {
            File.WriteAllBytes(save.FullName, new CheckpointLine(latest).ToJson());
            terminal.Error.WriteLine($"Checkpoint {latest.Number} is kept in {save.FullName}.");
        }

        return report.Holds ? 0 : Root.Failed;
    }

    public void Dispose() => _keys.Dispose();

    private void VerifyLines(Stream text)
    {
        _verifier = new AuditVerifier(_keys, _trusted);
        var line = 0;
        try
        {
            foreach (var bytes in NdjsonLines.Read(text, LongestLine))
            {
                line++;
                var read = AuditLine.Parse(bytes.Span);
                if (read is KeyLine key && _ownKeys)
                {
                    _keys.Add(key.PublicKey);
                }

                _verifier.Read(read);
            }
        }
        catch (Exception wrong) when (wrong is FormatException or InvalidDataException or System.Security.Cryptography.CryptographicException)
        {
            _verifier.Report(new AuditFinding(FindingKind.Unreadable, "line", line + 1, wrong.Message));
        }
    }
}
