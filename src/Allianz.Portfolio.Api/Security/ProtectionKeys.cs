using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Xml.Linq;
using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Errors;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.Repositories;

namespace Allianz.Portfolio.Api.Security;

/// <summary>Section <c>DataProtection</c>.</summary>
internal sealed record ProtectionOptions
{
    /// <summary>A PKCS#12 file. Its certificate that is valid longest encrypts new keys; all of them decrypt, so that one can follow another.</summary>
    public string? CertificateFile { get; init; }

    /// <summary>The file's password.</summary>
    public string? CertificatePassword { get; init; }
}

/// <summary>
/// The keys with which cookies, forms, second factors and waiting letters are protected. They lie in the database, so that all nodes have the same ones and
/// a backup has them, too; encrypted when there is a certificate, and otherwise as secret as the database.
/// </summary>
internal sealed class ProtectionKeys(PortfolioDatabase database, TimeProvider clock) : IXmlRepository
{
    private static readonly Statement _all = new(_ => "SELECT k.Xml FROM DataProtectionKey k ORDER BY k.CreatedAt, k.Id");

    private static readonly Statement _insert = new(_ =>
        "INSERT INTO DataProtectionKey (Id, Name, Xml, CreatedAt) VALUES (@id, @name, @xml, @at)"
    );

    // The framework asks at start and from a thread of its own, never in a request: waiting holds up nobody.
    public IReadOnlyCollection<XElement> GetAllElements() => AllAsync().GetAwaiter().GetResult();

    public void StoreElement(XElement element, string friendlyName) => StoreAsync(element, friendlyName).GetAwaiter().GetResult();

    private async Task<IReadOnlyCollection<XElement>> AllAsync()
    {
        await using var session = await database.OpenAsync(CancellationToken.None);
        return [.. (await session.QueryAsync<string>(_all, null, null, CancellationToken.None)).Select(xml => XElement.Parse(xml))];
    }

    private Task StoreAsync(XElement element, string name)
    {
        var key = new
        {
            id = Guid.CreateVersion7(),
            name,
            xml = element.ToString(SaveOptions.DisableFormatting),
            at = clock.GetUtcNow(),
        };
        return database.WriteAsync(session => session.ExecuteAsync(_insert, key, CancellationToken.None), CancellationToken.None);
    }
}

internal static class ProtectionSetup
{
    public static void AddProtection(this WebApplicationBuilder builder)
    {
        builder.Read<ProtectionOptions>("DataProtection");
        var protection = builder.Services.AddDataProtection().SetApplicationName("Allianz.Portfolio");
        builder
            .Services.AddOptions<KeyManagementOptions>()
            .Configure<PortfolioDatabase, TimeProvider>((o, database, clock) => o.XmlRepository = new ProtectionKeys(database, clock));
        var options = builder.Configuration.GetSection("DataProtection").Get<ProtectionOptions>();
        if (options?.CertificateFile is { Length: > 0 } file)
        {
            var certificates = Certificates(file, options.CertificatePassword);
            protection.ProtectKeysWithCertificate(certificates[0]).UnprotectKeysWithAnyCertificate(certificates);
        }
    }

    /// <summary>
    /// Makes the first key, or reads those that are there, before anything is protected. Nodes that start together take turns; and a key made
    /// only when a command needs it would wait for the turn to write that the command has.
    /// </summary>
    public static Task PrepareProtectionAsync(this IServiceProvider services, CancellationToken ct) =>
        services
            .GetRequiredService<PortfolioDatabase>()
            .AloneAsync(
                () =>
                {
                    services.GetRequiredService<IDataProtectionProvider>().CreateProtector("start").Protect([]);
                    return Task.CompletedTask;
                },
                ct
            );

    private static X509Certificate2[] Certificates(string file, string? password)
    {
        try
        {
            var usable = X509CertificateLoader
                .LoadPkcs12CollectionFromFile(file, password)
                .Where(c => c.HasPrivateKey && c.GetRSAPrivateKey() is not null)
                .OrderByDescending(c => c.NotAfter)
                .ToArray();
            return usable.Length > 0
                ? usable
                : throw new InvalidOperationException(
                    $"DataProtection:CertificateFile '{file}' has no certificate with an RSA private key."
                );
        }
        catch (CryptographicException e)
        {
            throw new InvalidOperationException($"DataProtection:CertificateFile '{file}' cannot be read: {e.Message}", e);
        }
    }
}
