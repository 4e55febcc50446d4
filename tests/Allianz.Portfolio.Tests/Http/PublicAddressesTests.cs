using System.Net;
using Allianz.Portfolio.Api.Http;
using CsCheck;

namespace Allianz.Portfolio.Tests.Http;

public class PublicAddressesTests
{
    [TestCase("127.0.0.1")]
    [TestCase("127.255.255.254")]
    [TestCase("0.0.0.0")]
    [TestCase("10.1.2.3")]
    [TestCase("172.16.0.1")]
    [TestCase("172.31.255.255")]
    [TestCase("192.168.178.1")]
    [TestCase("169.254.169.254", TestName = "The metadata service of clouds is private")]
    [TestCase("100.64.0.1")]
    [TestCase("255.255.255.255")]
    [TestCase("::1")]
    [TestCase("::")]
    [TestCase("::ffff:127.0.0.1")]
    [TestCase("::127.0.0.1")]
    [TestCase("64:ff9b::7f00:1")]
    [TestCase("2002:7f00:1::")]
    [TestCase("fe80::1")]
    [TestCase("fd12:3456::1")]
    [TestCase("ff02::1")]
    public void Is_private(string address) => Assert.That(PublicAddresses.IsPublic(IPAddress.Parse(address)), Is.False);

    [TestCase("194.95.249.2")]
    [TestCase("172.32.0.1")]
    [TestCase("9.255.255.255")]
    [TestCase("11.0.0.0")]
    [TestCase("2a00:1450:4001:80b::200e")]
    [TestCase("::ffff:194.95.249.2")]
    public void Is_public(string address) => Assert.That(PublicAddresses.IsPublic(IPAddress.Parse(address)), Is.True);

    [Test]
    public void A_private_address_stays_private_within_IPv6() =>
        Gen
            .Byte.Array[4]
            .Sample(
                bytes =>
                {
                    var plain = new IPAddress(bytes);
                    return PublicAddresses.IsPublic(plain) == PublicAddresses.IsPublic(plain.MapToIPv6());
                },
                iter: 20_000
            );
}
