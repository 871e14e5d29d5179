// SPDX-License-Identifier: GPL-2.0-only
/*
 * schedcut_trust.c - make the kernel trust one more certificate for modules, as if it
 * were built in like a distribution's. For test machines only.
 *
 * Parameters: `keyring`, the address of the kernel's pointer to its keyring of
 * trusted keys; `certificate`, the path of an X.509 certificate in DER.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/fs.h>
#include <linux/kernel_read_file.h>
#include <linux/key.h>
#include <linux/module.h>
#include <linux/vmalloc.h>

#define MAX_CERTIFICATE (16 << 10)

static ulong keyring;
module_param(keyring, ulong, 0);

static char *certificate;
module_param(certificate, charp, 0);

static int __init trust_init(void)
{
	key_ref_t ref, key;
	void *data = NULL;
	ssize_t size;

	if (!keyring || !certificate)
		return -EINVAL;
	size = kernel_read_file_from_path(certificate, 0, &data, MAX_CERTIFICATE, NULL,
					  READING_X509_CERTIFICATE);
	if (size < 0)
		return size;
	ref = make_key_ref(*(struct key **)keyring, true);
	key = key_create_or_update(ref, "asymmetric", NULL, data, size, KEY_POS_ALL | KEY_USR_VIEW,
				   KEY_ALLOC_NOT_IN_QUOTA | KEY_ALLOC_BYPASS_RESTRICTION);
	vfree(data);
	if (IS_ERR(key))
		return PTR_ERR(key);
	pr_info("trusted: %s\n", key_ref_to_ptr(key)->description);
	key_ref_put(key);
	return 0;
}

static void __exit trust_exit(void) {}

module_init(trust_init);
module_exit(trust_exit);
MODULE_DESCRIPTION("Test module: trusts a certificate");
MODULE_LICENSE("GPL");
