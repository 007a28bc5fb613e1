using System.CommandLine;
using System.IO.Compression;
using Moderation.ModCtl.Shell;

namespace Moderation.ModCtl.Audit;

/// <summary><c>modctl audit export</c>: all that is sealed, as NDJSON that <c>modctl audit verify --file</c> reads.</summary>
internal static class AuditExportCommand
{
    public static Command Create(Terminal terminal)
    {
        var file = new Argument<FileInfo>("FILE") { Description = "Where to write; .gz is compressed" };
        var command = new Command("export", "Exports the sealed audit: entries, seals, checkpoints and public keys.") { file };
        var token = CredentialOptions.Token().AddTo(command);
        command.Calls(terminal, AddressOption.OfEnforcement(), async (parsed, address, cancellationToken) =>
        {
            var path = parsed.GetRequiredValue(file).FullName;
            var part = path + ".part";
            using var connection = new AuditConnection(address, token.Header(parsed, terminal));
            await using (var output = File.Create(part))
            {
                await using var compressed = path.EndsWith(".gz", StringComparison.Ordinal) ? new GZipStream(output, CompressionLevel.Optimal) : null;
                await connection.ExportAsync((Stream?)compressed ?? output, cancellationToken);
            }

            File.Move(part, path, overwrite: true);
            terminal.Error.WriteLine($"{path} is written: modctl audit verify --file {path}");
            return 0;
        });
        return command;
    }
}
