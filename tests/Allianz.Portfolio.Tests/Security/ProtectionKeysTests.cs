using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Tests.Support;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.Extensions.DependencyInjection;

namespace Allianz.Portfolio.Tests.Security;

/// <summary>What one node protects another one reads.</summary>
[EngineFixtures]
public class ProtectionKeysTests(Engine engine) : PortfolioFixture(engine)
{
    [Test]
    public async Task Two_nodes_that_start_at_once_on_a_new_database_make_one_key_and_read_what_the_other_protects()
    {
        await OnNewDatabaseAsync(async connectionString =>
        {
            await using var a = new PortfolioHost(Engine.Name, connectionString, Clock);
            await using var b = new PortfolioHost(Engine.Name, connectionString, Clock);
            await Task.WhenAll(Task.Run(() => a.CreateClient().Dispose()), Task.Run(() => b.CreateClient().Dispose()));

            Assert.That(Protector(b).Unprotect(Protector(a).Protect("von a")), Is.EqualTo("von a"));
            Assert.That(Protector(a).Unprotect(Protector(b).Protect("von b")), Is.EqualTo("von b"));
            Assert.That(a.Services.GetRequiredService<IKeyManager>().GetAllKeys(), Has.Count.EqualTo(1));
        });
    }

    [Test]
    public async Task Keys_that_two_nodes_make_at_the_same_moment_are_both_kept_and_read_by_both()
    {
        await OnNewDatabaseAsync(async connectionString =>
        {
            await using var a = new PortfolioHost(Engine.Name, connectionString, Clock);
            await using var b = new PortfolioHost(Engine.Name, connectionString, Clock);
            var nodes = new[] { a, b };
            foreach (var node in nodes)
            {
                node.CreateClient().Dispose();
            }
            var now = DateTimeOffset.UtcNow;

            var made = await Task.WhenAll(
                nodes.Select(node =>
                    Task.Run(() => node.Services.GetRequiredService<IKeyManager>().CreateNewKey(now.AddSeconds(-1), now.AddDays(90)))
                )
            );

            foreach (var node in nodes)
            {
                Assert.That(
                    node.Services.GetRequiredService<IKeyManager>().GetAllKeys().Select(k => k.KeyId),
                    Is.SupersetOf(made.Select(k => k.KeyId))
                );
            }
            // A node that starts later takes one of them and the others, which know only their first key by now, look for it.
            await using var later = new PortfolioHost(Engine.Name, connectionString, Clock);
            later.CreateClient().Dispose();
            var text = Protector(later).Protect("von später");
            Assert.That(nodes.Select(node => Protector(node).Unprotect(text)), Is.All.EqualTo("von später"));
            Assert.That(nodes.Select(node => Protector(later).Unprotect(Protector(node).Protect("x"))), Is.All.EqualTo("x"));
        });
    }

    [Test]
    public async Task With_a_certificate_the_database_does_not_hold_the_secret_and_another_certificate_can_follow()
    {
        await OnNewDatabaseAsync(async connectionString =>
        {
            var file = Path.GetTempFileName();
            try
            {
                using var first = Certificate(DateTimeOffset.UtcNow.AddYears(1));
                using var second = Certificate(DateTimeOffset.UtcNow.AddYears(2));
                await WriteAsync(first);
                string text;
                await using (var host = Encrypting())
                {
                    text = Protector(host).Protect("Brief");
                }
                var stored = await StoredAsync(connectionString);

                Assert.That(stored, Does.Contain("EncryptedData").And.Not.Contain("masterKey"));
                await WriteAsync(first, second);
                await using (var host = Encrypting())
                {
                    Assert.That(Protector(host).Unprotect(text), Is.EqualTo("Brief"));
                }
                await WriteAsync(second);
                await using (var host = Encrypting())
                {
                    Assert.That(() => Protector(host).Unprotect(text), Throws.InstanceOf<CryptographicException>());
                }

                PortfolioHost Encrypting()
                {
                    var host = new PortfolioHost(
                        Engine.Name,
                        connectionString,
                        Clock,
                        ("DataProtection:CertificateFile", file),
                        ("DataProtection:CertificatePassword", "Prüfung")
                    );
                    host.CreateClient().Dispose();
                    return host;
                }
            }
            finally
            {
                File.Delete(file);
            }

            async Task WriteAsync(params X509Certificate2[] certificates) =>
                await File.WriteAllBytesAsync(
                    file,
                    new X509Certificate2Collection(certificates).Export(X509ContentType.Pkcs12, "Prüfung")!
                );
        });
    }

    private static IDataProtector Protector(PortfolioHost host) =>
        host.Services.GetRequiredService<IDataProtectionProvider>().CreateProtector("test");

    private static X509Certificate2 Certificate(DateTimeOffset until)
    {
        using var key = RSA.Create(2048);
        return new CertificateRequest("CN=Schlüssel", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1).CreateSelfSigned(
            DateTimeOffset.UtcNow.AddDays(-1),
            until
        );
    }

    private async Task<string> StoredAsync(string connectionString)
    {
        await using var connection = await Dialect.Of(Engine.Name).OpenAsync(connectionString, CancellationToken.None);
        await using var command = connection.CreateCommand();
        command.CommandText = "SELECT Xml FROM DataProtectionKey";
        return (string)(await command.ExecuteScalarAsync())!;
    }

    private async Task OnNewDatabaseAsync(Func<string, Task> test)
    {
        var connectionString = await Engine.CreateAsync();
        try
        {
            await test(connectionString);
        }
        finally
        {
            await Engine.DropAsync(connectionString);
        }
    }
}
