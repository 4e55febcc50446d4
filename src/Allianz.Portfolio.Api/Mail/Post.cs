using System.Security.Cryptography.X509Certificates;
using System.Text;
using MailKit.Net.Smtp;
using MailKit.Security;
using Microsoft.Extensions.Options;
using MimeKit;

namespace Allianz.Portfolio.Api.Mail;

/// <summary>Nobody will ever take this letter: the mail server said so for good, or it cannot be read any more.</summary>
internal sealed class LetterRefused(string reason) : Exception(reason);

/// <summary>Hands letters on, to the mail server or to the folder. One connection serves all letters of a run.</summary>
internal sealed class Post(IOptions<MailOptions> options, IHostEnvironment environment) : IAsyncDisposable
{
    // Over all steps of one letter, so that a server that answers drop by drop does not keep it beyond its lease.
    private static readonly TimeSpan _patience = TimeSpan.FromMinutes(3);

    private readonly MailOptions _options = options.Value;
    private SmtpClient? _client;

    /// <summary>Where letters become files.</summary>
    public string Folder => Path.GetFullPath(_options.Folder ?? Path.Combine("data", "mail"), environment.ContentRootPath);

    /// <exception cref="LetterRefused">For good.</exception>
    /// <remarks>Any other exception: not now, because the mail server does not want it yet, is away, misconfigured or slow.</remarks>
    public async Task SendAsync(Letter letter, string messageId, DateTimeOffset at, CancellationToken ct)
    {
        using var message = Message(letter, messageId, at);
        if (string.IsNullOrEmpty(_options.Smtp.Host))
        {
            await WriteAsync(message, messageId, ct);
            return;
        }
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
        patience.CancelAfter(_patience);
        try
        {
            await (await ConnectAsync(patience.Token)).SendAsync(message, patience.Token);
        }
        catch (SmtpCommandException e)
            when ((int)e.StatusCode >= 500 && e.ErrorCode is (SmtpErrorCode.RecipientNotAccepted or SmtpErrorCode.MessageNotAccepted))
        {
            throw new LetterRefused($"{(int)e.StatusCode} {e.Message}");
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            throw new TimeoutException($"The mail server took longer than {_patience}.");
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_client is null)
        {
            return;
        }
        try
        {
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(5));
            await _client.DisconnectAsync(quit: true, patience.Token);
        }
        catch (Exception)
        {
            // Only a farewell: the letters are with the server already.
        }
        _client.Dispose();
    }

    private async Task<SmtpClient> ConnectAsync(CancellationToken ct)
    {
        var smtp = _options.Smtp;
        if (_client is { IsConnected: true })
        {
            return _client;
        }
        _client?.Dispose();
        _client = new SmtpClient { Timeout = (int)(smtp.Timeout * 1000) };
        if (smtp.Fingerprint is { Length: > 0 } trusted)
        {
            _client.ServerCertificateValidationCallback = (_, certificate, _, _) =>
                certificate is X509Certificate2 known
                && string.Equals(
                    known.GetCertHashString(System.Security.Cryptography.HashAlgorithmName.SHA256),
                    trusted,
                    StringComparison.OrdinalIgnoreCase
                );
        }
        var (security, port) = smtp.Security switch
        {
            SmtpSecurity.SslOnConnect => (SecureSocketOptions.SslOnConnect, 465),
            SmtpSecurity.StartTls => (SecureSocketOptions.StartTls, 587),
            _ => (SecureSocketOptions.None, 25),
        };
        await _client.ConnectAsync(smtp.Host!, smtp.Port == 0 ? port : smtp.Port, security, ct);
        if (!string.IsNullOrEmpty(smtp.User))
        {
            await _client.AuthenticateAsync(Encoding.UTF8, smtp.User, smtp.Password!, ct);
        }
        return _client;
    }

    // Whole or not at all: whoever picks files up takes those that end in .eml. Letters hold secrets, so only this user may read them.
    private async Task WriteAsync(MimeMessage message, string messageId, CancellationToken ct)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(Folder);
        }
        else
        {
            Directory.CreateDirectory(Folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
        var path = Path.Combine(Folder, messageId[..messageId.IndexOf('@', StringComparison.Ordinal)] + ".eml");
        var whole = new FileStreamOptions
        {
            Mode = FileMode.Create,
            Access = FileAccess.Write,
            Share = FileShare.None,
        };
        if (!OperatingSystem.IsWindows())
        {
            whole.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }
        // On the way to a mail server MailKit says how texts are encoded; where nothing is said, a strict reader shows no umlauts.
        foreach (var text in message.BodyParts.OfType<TextPart>())
        {
            text.ContentTransferEncoding = ContentEncoding.EightBit;
        }
        await using (var file = new FileStream(path + ".part", whole))
        {
            await message.WriteToAsync(file, ct);
        }
        File.Move(path + ".part", path, overwrite: true);
    }

    private MimeMessage Message(Letter letter, string messageId, DateTimeOffset at)
    {
        var message = new MimeMessage
        {
            Subject = letter.Subject,
            MessageId = messageId,
            Date = at,
            Body = new MultipartAlternative
            {
                new TextPart("plain") { Text = letter.Text },
                new TextPart("html") { Text = letter.Html },
            },
        };
        message.From.Add(MailboxAddress.Parse(_options.From));
        message.To.Add(MailboxAddress.Parse(letter.To));
        // Nobody's holiday notice answers this.
        message.Headers.Add(HeaderId.AutoSubmitted, "auto-generated");
        message.Headers.Add("X-Auto-Response-Suppress", "All");
        if (letter.Unsubscribe is { } address)
        {
            message.Headers.Add(HeaderId.ListUnsubscribe, $"<{address}>");
            message.Headers.Add(HeaderId.ListUnsubscribePost, "List-Unsubscribe=One-Click");
        }
        return message;
    }
}
