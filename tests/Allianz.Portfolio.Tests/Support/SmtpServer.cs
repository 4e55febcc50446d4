using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using MimeKit;

namespace Allianz.Portfolio.Tests.Support;

/// <summary>A mail server on this machine (RFC 5321, STARTTLS, AUTH PLAIN) that keeps what it is given, and can be told to misbehave.</summary>
public sealed class SmtpServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly X509Certificate2 _certificate = SelfMade();
    private readonly ConcurrentBag<Task> _sessions = [];
    private readonly bool _tlsAtOnce;
    private Task? _accepting;
    private int _connections;

    public SmtpServer(bool tlsAtOnce = false)
    {
        _tlsAtOnce = tlsAtOnce;
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _accepting = AcceptAsync();
    }

    public int Port { get; }

    /// <summary>SHA-256 of its certificate.</summary>
    public string Fingerprint => _certificate.GetCertHashString(HashAlgorithmName.SHA256);

    /// <summary>What it took, whole.</summary>
    public ConcurrentQueue<(string From, string To, MimeMessage Message)> Taken { get; } = [];

    /// <summary>Whether the sender was known when it took each.</summary>
    public ConcurrentQueue<string?> Users { get; } = [];

    public int Connections => _connections;

    /// <summary>Answer to RCPT TO when it is not 250.</summary>
    public Func<string, string?> OnRecipient { get; set; } = _ => null;

    /// <summary>Answer to a whole letter when it is not 250; an empty one hangs up.</summary>
    public Func<MimeMessage, string?> OnMessage { get; set; } = _ => null;

    /// <summary>Takes connections and says nothing.</summary>
    public bool Silent { get; set; }

    /// <summary>Offers STARTTLS.</summary>
    public bool OffersTls { get; set; } = true;

    /// <summary>Behaves again, and has taken nothing.</summary>
    public void Reset()
    {
        Taken.Clear();
        Users.Clear();
        (OnRecipient, OnMessage, Silent, OffersTls) = (_ => null, _ => null, false, true);
    }

    public async ValueTask DisposeAsync()
    {
        if (_accepting is { } accepting)
        {
            _accepting = null;
            await _end.CancelAsync();
            _listener.Stop();
            await accepting;
            await Task.WhenAll(_sessions);
            _certificate.Dispose();
            _end.Dispose();
        }
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptTcpClientAsync(_end.Token);
                Interlocked.Increment(ref _connections);
                _sessions.Add(Task.Run(() => ServeAsync(client)));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException) { }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using var _ = client;
        try
        {
            Stream stream = client.GetStream();
            if (_tlsAtOnce)
            {
                stream = await EncryptAsync(stream);
            }
            if (Silent)
            {
                await Task.Delay(Timeout.Infinite, _end.Token);
            }
            await TalkAsync(stream);
        }
        // The other side has hung up, or the test is over.
        catch (Exception e)
            when (e
                    is IOException
                        or OperationCanceledException
                        or SocketException
                        or System.Security.Authentication.AuthenticationException
            ) { }
    }

    private async Task<Stream> EncryptAsync(Stream stream)
    {
        var tls = new SslStream(stream);
        await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = _certificate }, _end.Token);
        return tls;
    }

    private async Task TalkAsync(Stream stream)
    {
        var encrypted = _tlsAtOnce;
        string? user = null;
        var (from, to) = ("", new List<string>());
        await SayAsync("220 test ESMTP");
        while (await LineAsync() is { } line)
        {
            var (verb, rest) = line.IndexOf(' ', StringComparison.Ordinal) is > 0 and var at
                ? (line[..at].ToUpperInvariant(), line[(at + 1)..])
                : (line.ToUpperInvariant(), "");
            switch (verb)
            {
                case "EHLO":
                    await SayAsync(
                        "250-test\r\n250-8BITMIME"
                            + (
                                encrypted ? "\r\n250-AUTH PLAIN"
                                : OffersTls ? "\r\n250-STARTTLS"
                                : ""
                            )
                            + "\r\n250 SIZE 1000000"
                    );
                    break;
                case "STARTTLS" when OffersTls && !encrypted:
                    await SayAsync("220 go on");
                    (stream, encrypted) = (await EncryptAsync(stream), true);
                    break;
                case "AUTH" when encrypted && rest.StartsWith("PLAIN ", StringComparison.Ordinal):
                    var parts = Encoding.UTF8.GetString(Convert.FromBase64String(rest[6..])).Split('\0');
                    user = parts[1];
                    await SayAsync(parts[2] == "richtig" ? "235 hello" : "535 5.7.8 wrong");
                    break;
                case "MAIL":
                    (from, to) = (Address(rest), []);
                    await SayAsync("250 ok");
                    break;
                case "RCPT":
                    var recipient = Address(rest);
                    var refused = OnRecipient(recipient);
                    if (refused is null)
                    {
                        to.Add(recipient);
                    }
                    await SayAsync(refused ?? "250 ok");
                    break;
                case "DATA" when to.Count > 0:
                    await SayAsync("354 go on");
                    var text = new MemoryStream();
                    for (var data = await LineAsync(); data != "."; data = await LineAsync())
                    {
                        if (data is null)
                        {
                            return;
                        }
                        text.Write(Encoding.Latin1.GetBytes((data.StartsWith('.') ? data[1..] : data) + "\r\n"));
                    }
                    text.Position = 0;
                    var message = await MimeMessage.LoadAsync(text);
                    var answer = OnMessage(message);
                    if (answer is "")
                    {
                        return;
                    }
                    if (answer is null)
                    {
                        to.ForEach(t => Taken.Enqueue((from, t, message)));
                        Users.Enqueue(user);
                    }
                    await SayAsync(answer ?? "250 taken");
                    break;
                case "RSET":
                    (from, to) = ("", []);
                    await SayAsync("250 ok");
                    break;
                case "NOOP":
                    await SayAsync("250 ok");
                    break;
                case "QUIT":
                    await SayAsync("221 bye");
                    return;
                default:
                    await SayAsync("503 5.5.1 not now");
                    break;
            }
        }

        Task SayAsync(string words) => stream.WriteAsync(Encoding.ASCII.GetBytes(words + "\r\n"), _end.Token).AsTask();

        // Byte by byte: what comes behind STARTTLS belongs to TLS.
        async Task<string?> LineAsync()
        {
            var bytes = new List<byte>();
            var one = new byte[1];
            while (await stream.ReadAsync(one, _end.Token) == 1)
            {
                if (one[0] == '\n')
                {
                    return Encoding.Latin1.GetString([.. bytes]).TrimEnd('\r');
                }
                bytes.Add(one[0]);
            }
            return null;
        }
    }

    private static string Address(string rest) => rest.Split('<', '>')[1];

    private static X509Certificate2 SelfMade()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var made = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pfx), null);
    }
}
