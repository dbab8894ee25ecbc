/** A stand-in for the pulumi program, for tests of what is done before and after it; the integration tests run the real one. */

/** Says where its state is and which stacks there are, one of them another organization's, makes a stack by adding a salt to its file, and keeps what it was asked. */
export const fakePulumi = `#!/bin/sh
echo "$*" >> pulumi.log
case "$1 $2" in
  "whoami --verbose") echo '{"url": "file:///srv/state"}' ;;
  "stack ls") if [ -f half-made ]; then echo '[{"name": "dev"}]'; else echo '[{"name": "taken"}, {"name": "acme/dev"}]'; fi ;;
  "stack init")
    if [ -f refuses ]; then exit 255; fi
    if [ -f fails-half-way ]; then touch half-made; exit 255; fi
    if [ -f asks ]; then printf 'Enter your passphrase: '; read -r phrase; echo "$phrase" > passphrase; fi
    echo 'encryptionsalt: v1:salt' >> "Pulumi.$3.yaml" ;;
  "stack export") echo '{}' ;;
  *) exit 1 ;;
esac
`;
