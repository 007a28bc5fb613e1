using System.CommandLine;
using System.Security.Cryptography;
using Moderation.Enforcement.Audit;
using Moderation.ModCtl.Shell;

namespace Moderation.ModCtl.Audit;

/// <summary><c>modctl audit key</c>: the key that signs the audit, and the public part that auditors keep.</summary>
internal static class AuditKeyCommand
{
    public static Command Create(Terminal terminal)
        => new("key", "Makes the key that signs the audit, and shows the public part of one.") { CreateKey(terminal), ShowKey(terminal) };

    private static Command CreateKey(Terminal terminal)
    {
        var file = new Argument<FileInfo>("FILE") { Description = "Where to write the private key (Audit:SigningKeyFile)" };
        var command = new Command("create", "Makes a private key, and prints its public part.") { file };
        command.Does(terminal, async (parsed, cancellationToken) =>
        {
            var path = parsed.GetRequiredValue(file).FullName;
            var pem = AuditSigner.CreatePem();
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            }

            await using (var writer = new StreamWriter(path, options))
            {
                await writer.WriteAsync(pem.AsMemory(), cancellationToken);
            }

            Show(terminal, pem);
            return 0;
        });
        return command;
    }

    private static Command ShowKey(Terminal terminal)
    {
        var file = new Argument<FileInfo>("FILE") { Description = "A private or public key in PEM" };
        var command = new Command("show", "Prints the id and the public part of a key: give these to your auditors.") { file };
        command.Does(terminal, async (parsed, cancellationToken) =>
        {
            Show(terminal, await ReadAsync(parsed.GetRequiredValue(file), "FILE", cancellationToken));
            return 0;
        });
        return command;
    }

    /// <summary>A PEM file.</summary>
    public static async Task<string> ReadAsync(FileInfo file, string name, CancellationToken cancellationToken)
        => file.Exists
            ? await File.ReadAllTextAsync(file.FullName, cancellationToken)
            : throw new UsageException($"{name}: there is no file {file.FullName}.");

    /// <summary>The public key in a PEM file.</summary>
    public static byte[] PublicKey(string pem, string name)
    {
        try
        {
            return AuditKeyRing.PublicKeyOf(pem);
        }
        catch (CryptographicException wrong)
        {
            throw new UsageException($"{name}: {wrong.Message}");
        }
    }

    private static void Show(Terminal terminal, string pem)
    {
        var key = PublicKey(pem, "FILE");
        terminal.Error.WriteLine($"Key {AuditKeyRing.IdOf(key)}");
        terminal.Out.Write(AuditKeyRing.ToPem(key));
    }
}
