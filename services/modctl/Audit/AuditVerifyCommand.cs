using System.CommandLine;
using Moderation.ModCtl.Shell;

namespace Moderation.ModCtl.Audit;

/// <summary><c>modctl audit verify</c>: recomputes the audit of an archive, an exported file or the running service.</summary>
internal static class AuditVerifyCommand
{
    public static Command Create(Terminal terminal)
    {
        var archive = new Option<DirectoryInfo>("--archive") { Description = "An archive on this machine, or a copy of one", HelpName = "DIRECTORY" };
        var file = new Option<FileInfo>("--file") { Description = "What modctl audit export wrote", HelpName = "FILE" };
        var key = new Option<FileInfo[]>("--key")
        {
            Description = "A public key in PEM that is trusted; once for each. Without one, the keys are the audit's own",
            HelpName = "FILE",
        };
        var checkpoint = new Option<FileInfo>("--checkpoint")
        {
            Description = "A checkpoint that was kept outside: a cut tail or an old state put back shows against it alone",
            HelpName = "FILE",
        };
        var save = new Option<FileInfo>("--save-checkpoint") { Description = "Write the latest checkpoint that holds, to trust it next time", HelpName = "FILE" };
        var command = new Command(
            "verify",
            "Recomputes the audit and names the first entry that is changed, missing, moved or added. Without --archive and --file: of the running service.")
        {
            archive, file, key, checkpoint, save,
        };
        var token = CredentialOptions.Token().AddTo(command);
        command.Calls(terminal, AddressOption.OfEnforcement(), async (parsed, address, cancellationToken) =>
        {
            if (parsed.GetValue(archive) is not null && parsed.GetValue(file) is not null)
            {
                throw new UsageException("give --archive or --file, not both.");
            }

            using var run = new AuditVerification(terminal);
            foreach (var trusted in parsed.GetValue(key) ?? [])
            {
                run.Trust(await AuditKeyCommand.ReadAsync(trusted, "--key", cancellationToken));
            }

            if (parsed.GetValue(checkpoint) is { } kept)
            {
                run.TrustCheckpoint(kept);
            }

            if (parsed.GetValue(archive) is { } directory)
            {
                run.VerifyArchive(new ArchiveFolder(directory));
            }
            else if (parsed.GetValue(file) is { } exported)
            {
                run.VerifyFile(exported);
            }
            else
            {
                using var connection = new AuditConnection(address, token.Header(parsed, terminal));
                await run.VerifyServiceAsync(connection, cancellationToken);
            }

            return run.Tell(parsed.GetValue(save));
        });
        return command;
    }
}
